package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// The journal keeps events and snapshots for years, so their encoding is fixed.
// A new version may add members, which older records lack, and changes the file
// together with the code.
func TestStored_events_and_snapshots_keep_their_encoding(t *testing.T) {
	var got bytes.Buffer
	s := rulestest.NewFixture(t, rules.Settings{AgentIdleAfter: time.Minute, SilenceAfter: time.Minute, TurnTimeout: time.Hour})
	storedSession(s)
	writeSnapshots(&got, s)
	storedAgent(s)
	writeSnapshots(&got, s)
	storedEnd(s)
	writeSnapshots(&got, s)
	writeJournals(&got, s)
	asked := rulestest.NewFixture(t, rules.Settings{})
	storedElicitations(asked)
	writeSnapshots(&got, asked)
	writeJournals(&got, asked)
	away := rulestest.NewFixture(t, rules.Settings{})
	away.HostState().Session.Facts.Connector = new(protocol.AgentConnector)
	away.Do(away.Host, host.ConnectorChanged{})
	away.DeliverAll()
	writeSnapshots(&got, away)
	writeJournals(&got, away)
	visit := rules.ConnectorVisit{Seat: rules.ConnectorSeat{Epoch: 1, Incarnation: "i"}}
	written := len(away.Host.Journal)
	away.Do(away.Host, host.ConnectorChanged{Connected: true, ConnectorVisit: visit})
	writeRecords(&got, "host", away.Host.Journal[written:])
	outliving := rulestest.NewFixture(t, rules.Settings{})
	storedOutliving(outliving, visit)
	writeSnapshots(&got, outliving)
	writeJournals(&got, outliving)

	file := filepath.Join("testdata", "stored.txt")
	stored, err := os.ReadFile(file)
	require.NoError(t, err)
	actual := filepath.Join(t.ArtifactDir(), "stored.txt")
	require.NoError(t, os.WriteFile(actual, got.Bytes(), 0o600))
	want := strings.Split(string(stored), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		require.Less(t, i, len(want), "%s has more lines than %s", actual, file)
		require.Equal(t, want[i], line, "line %d of %s", i+1, actual)
	}
}

// storedSession brings forth the events of participants, prompts and messages.
func storedSession(s *rulestest.Fixture) {
	edited, reason, name := "do it carefully", "too risky", "Ben"
	join := &protocol.Join{InviteToken: s.InviteToken(), UserID: "cem", Recent: 1}
	s.Do(s.Session, shared.Command{Request: protocol.Request{ID: "join", Command: join}, JoinAPI: shared.JoinOriginal})
	cem, _ := s.State.People.PresentBy("cem")
	require.NoError(s.T, s.TryJoin(&protocol.Join{UserID: "ben", DisplayName: &name}).Err)
	ben, _ := s.State.People.PresentBy("ben")
	dot := s.Join("dot", protocol.RoleViewer)
	approvals := []string{s.Prompt(ben), s.Prompt(ben), s.Prompt(cem), s.Prompt(cem)}
	for _, c := range []protocol.Command{
		&protocol.Chat{Text: "hello", ReplyTo: "1"},
		&protocol.Approve{ApprovalID: approvals[0], Action: protocol.ActionApprove, Prompt: &edited, Reason: &reason},
		&protocol.Approve{ApprovalID: approvals[1], Action: protocol.ActionReject, Reason: &reason},
		&protocol.Cancel{ApprovalID: approvals[2]},
		&protocol.SetMode{Mode: protocol.ModePromptDirect},
		&protocol.SetRole{ParticipantID: cem.ID, Role: protocol.RoleViewer},
		&protocol.RotateInvite{},
		&protocol.Remove{ParticipantID: dot.ID, Reason: &reason},
		&protocol.Leave{},
	} {
		s.Now = s.Now.Add(time.Second)
		require.NoError(s.T, s.Send(s.Owner(), c).Err)
	}
	token := s.Sender(s.Owner()).Token
	require.NoError(s.T, s.TryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).Err)
	s.DeliverAll()
	s.Prompt(s.Owner())
	s.DeliverAll()
}

// storedOutliving brings forth the events of an agent that outlives the server.
func storedOutliving(s *rulestest.Fixture, visit rules.ConnectorVisit) {
	s.HostState().Session.Facts.Connector = new(protocol.AgentConnector)
	s.AgentReports(rules.AgentExited{})
	s.Prompt(s.Owner())
	s.DeliverAll()
	s.Agent.Launching, s.Agent.Ready = false, true
	s.Do(s.Host, host.Launched{SessionID: "theirs", CanLoad: true, Continued: protocol.ContinuedLoaded, Memory: []byte(`{"version":1}`)})
	turn := rules.Cause{Kind: rules.CausePrompt, Key: s.Agent.Turn}
	s.Do(s.Host, host.FrameSent{Frame: rules.SentFrame{Cause: turn, ID: 7, Frame: 3, Acked: 2}})
	asked := rules.AgentPermission{RequestID: "1", RPC: `"q"`, ToolCall: []byte(`{}`), Options: []byte(`[{"optionId":"yes"}]`), Choices: []rules.AgentOption{{ID: "yes"}}}
	s.AgentReportsFrom(rules.Origin{Run: 1, Frame: 4}, asked)
	s.AgentReports(rules.FramedNotifications{Notifications: rules.Notifications{[]byte(`{}`)}, Origins: []rules.Origin{{Run: 1, Frame: 5, Part: 1}}})
	s.AgentReportsFrom(rules.Origin{Run: 1, Frame: 6}, rules.AgentRemembers{Progress: []byte(`{"busy":true}`)})
	s.AgentReportsFrom(rules.Origin{Run: 1, Frame: 7}, rules.AgentRefused{Refusal: rules.AgentRefusal{ID: "9", Code: -32601, Message: "no"}})
	s.DeliverAll()
	s.Do(s.Host, rules.Loaded{OpenShared: []journal.SessionID{s.Session.ID}})
	s.DeliverAll()
	s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "1", OptionID: "yes"})
	s.DeliverAll()
	visit.Resumed, visit.Taken = true, 3
	s.Do(s.Host, host.ConnectorChanged{Connected: true, ConnectorVisit: visit})
	s.DeliverAll()
}

// storedElicitations brings forth the events of requests for input.
func storedElicitations(s *rulestest.Fixture) {
	s.RunPrompt()
	form := &protocol.ElicitationForm{Fields: []protocol.FormField{{Name: "pin", Type: protocol.FieldString}}}
	ask := func(e rules.AgentElicitation) {
		s.AgentReports(e)
		s.DeliverAll()
	}
	answer := func(c *protocol.Answer) {
		s.Send(s.Owner(), c)
		s.DeliverAll()
	}
	ask(rules.AgentElicitation{Elicitation: protocol.Elicitation{RequestID: "1", Mode: protocol.ElicitationModeForm, Message: "PIN?", Form: form}})
	answer(&protocol.Answer{RequestID: "1", Action: protocol.ElicitationAccept, Content: []byte(`{"pin":"1234"}`)})
	page := protocol.Elicitation{RequestID: "2", Mode: protocol.ElicitationModeURL, Message: "Sign in", Target: "https://a.b"}
	ask(rules.AgentElicitation{Elicitation: page, URL: "https://a.b/c"})
	answer(&protocol.Answer{RequestID: "2", Action: protocol.ElicitationAccept})
	s.AgentReports(rules.AgentElicitationRefused{Refused: protocol.ElicitationRefused{Message: "m", Reason: "r"}})
	s.DeliverAll()
	s.AgentReports(rules.AgentElicitationCompleted{RequestID: "2"})
	page.RequestID = "3"
	ask(rules.AgentElicitation{Elicitation: page, URL: "https://a.b/c"})
	s.AgentReports(rules.AgentWithdrawn{RequestID: "3"})
	page.RequestID = "4"
	ask(rules.AgentElicitation{Elicitation: page, URL: "https://a.b/c"})
}

// storedAgent brings forth the events of an agent, its turns and its requests.
func storedAgent(s *rulestest.Fixture) {
	says := func(events ...rules.AgentEvent) {
		for _, e := range events {
			s.Now = s.Now.Add(time.Second)
			s.AgentReports(e)
			s.DeliverAll()
		}
	}
	asked := func(id string) rules.AgentPermission {
		return rules.AgentPermission{RequestID: id, ToolCall: []byte(`{"title":"edit"}`), Options: []byte(`[{"optionId":"yes","kind":"allow_once"}]`), Choices: []rules.AgentOption{{ID: "yes", Kind: "allow_once"}}}
	}
	title := "Discounts"
	s.Do(s.Host, host.FactsLearned{Facts: protocol.AgentFacts{SessionTitle: &title}})
	says(rules.AgentStrayOutput{}, rules.Notifications{[]byte(`{"method":"session/update"}`)}, asked("1"), asked("2"), asked("3"))
	require.NoError(s.T, s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "1", OptionID: "yes"}).Err)
	s.DeliverAll()
	says(rules.AgentWithdrawn{RequestID: "2"})
	s.Now = s.Now.Add(30 * time.Minute)
	s.Do(s.Host, rules.Tick{})
	s.Do(s.Host, host.AgentSilent{Since: s.Now.Add(-time.Minute)})
	says(asked("4"))
	require.NoError(s.T, s.Send(s.Owner(), &protocol.Cancel{}).Err)
	s.DeliverAll()
	s.Now = s.Now.Add(time.Minute)
	s.Do(s.Host, rules.Tick{})
	s.DeliverAll()
	says(rules.AgentTurnEnded{Turn: s.Agent.Turn, StopReason: "end_turn"})
	says(rules.AgentTurnEnded{Turn: s.Agent.Turn, Err: errors.New("no network")})
	s.RunPrompt()
	s.Prompt(s.Owner())
	s.DeliverAll()
	says(rules.AgentExited{ExitCode: new(3), StderrTail: "panic"}, rules.AgentProgress{Detail: "fetching"})
	s.Do(s.Host, host.LaunchFailed{Err: fmt.Errorf("%w: it exited", rules.ErrCannotLoad)})
	s.FinishLaunch(true)
	s.DeliverAll()
	says(asked("5"))
}

// storedEnd ends both sessions.
func storedEnd(s *rulestest.Fixture) {
	ben, _ := s.State.People.PresentBy("ben")
	require.NoError(s.T, s.Send(ben, &protocol.Leave{}).Err)
	require.NoError(s.T, s.Send(s.Owner(), &protocol.Close{}).Err)
	s.DeliverAll()
	s.Now = s.Now.Add(time.Minute)
	s.Do(s.Host, rules.Tick{})
	s.AgentReports(rules.AgentExited{})
	s.Do(s.Host, host.Delete{})
	s.DeliverAll()
}

func writeSnapshots(b *bytes.Buffer, s *rulestest.Fixture) {
	fmt.Fprintf(b, "snapshot shared %s\n\nsnapshot host %s\n\n", s.Session.EncodedState(s.T), s.Host.EncodedState(s.T))
}

func writeJournals(b *bytes.Buffer, s *rulestest.Fixture) {
	writeRecords(b, "shared", s.Session.Journal)
	writeRecords(b, "host", s.Host.Journal)
}

func writeRecords(b *bytes.Buffer, kind string, records []journal.Record) {
	for _, r := range records {
		fmt.Fprintf(b, "%s %d %s %s %s\n", kind, r.Seq, r.Type, r.Public, r.Private)
	}
}
