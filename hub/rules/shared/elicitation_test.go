package shared_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// elicit makes the agent ask for input by a form with one field.
func elicit(s *rulestest.Fixture, id string) {
	form := &protocol.ElicitationForm{Fields: []protocol.FormField{{Name: "pin", Type: protocol.FieldString, Required: true}}}
	s.AgentReports(rules.AgentElicitation{Elicitation: protocol.Elicitation{RequestID: id, Mode: protocol.ElicitationModeForm, Message: "Your PIN?", Form: form}})
	s.DeliverAll()
}

// elicitPage makes the agent ask to open a page.
func elicitPage(s *rulestest.Fixture, id string) {
	s.AgentReports(rules.AgentElicitation{URL: "https://a.b/secret", Elicitation: protocol.Elicitation{RequestID: id, Mode: protocol.ElicitationModeURL, Target: "https://a.b"}})
	s.DeliverAll()
}

func accept(id, content string) *protocol.Answer {
	return &protocol.Answer{RequestID: id, Action: protocol.ElicitationAccept, Content: []byte(content)}
}

// readAnswer returns what item answers about a request that was answered.
func readAnswer(t *testing.T, s *rulestest.Fixture, p protocol.Participant, id string) *protocol.ElicitationAnswer {
	t.Helper()
	read := &protocol.Item{RequestID: id}
	d := s.Send(p, read)
	require.NoError(t, d.Err)
	require.False(t, d.Duplicate)
	e, err := shared.DecodeEvent(s.Session.Journal[d.Replay-1])
	require.NoError(t, err)
	return s.State.Answerer()(read, e).(*protocol.ItemAnswer).Answer
}

func TestState_Answer(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	elicit(s, "q")
	ben := s.Join("ben", "")
	for name, tc := range map[string]struct {
		who     protocol.Participant
		command *protocol.Answer
		want    protocol.Code
	}{
		"of a guest":           {ben, accept("q", `{"pin":"1"}`), protocol.CodeHostRequired},
		"to an unknown one":    {s.Owner(), accept("none", `{}`), protocol.CodeElicitationNotFound},
		"without a value":      {s.Owner(), accept("q", `{}`), protocol.CodeInvalidRequest},
		"with an unknown name": {s.Owner(), accept("q", `{"pin":"1","x":1}`), protocol.CodeInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			d := s.Send(tc.who, tc.command)
			require.Equal(t, tc.want, rulestest.ErrorCode(d.Err))
			require.Empty(t, d.Effects)
		})
	}
	require.Equal(t, protocol.CodePermissionNotFound, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.AnswerPermission{RequestID: "q", OptionID: "pin"}).Err), "it is no permission request")

	d := s.SendWithID(s.Owner(), "once", accept("q", `{"pin":"hunter2"}`))
	require.Equal(t, "q", d.Hold, "the answer waits for the outcome")
	s.DeliverAll()
	require.Empty(t, s.State.Elicitations)
	require.Equal(t, protocol.CodeElicitationAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), accept("q", `{"pin":"2"}`)).Err))
	again := s.SendWithID(s.Owner(), "once", accept("q", `{"pin":"hunter2"}`))
	require.NotZero(t, again.Replay)
	require.True(t, again.Duplicate)
}

func TestState_what_people_fill_in_is_for_those_who_may_answer(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	s.RunPrompt()
	elicit(s, "q")
	require.NoError(t, s.Send(s.Owner(), accept("q", `{"pin":"hunter2"}`)).Err)
	s.DeliverAll()

	for _, r := range s.Session.Journal {
		require.NotContains(t, string(r.Public), "hunter2", r.Type)
	}
	require.NotContains(t, string(rules.RawJSON(s.State)), "hunter2", "the snapshot does not have it")
	for _, p := range []protocol.Participant{s.Owner(), ben} {
		w, err := encodeWelcome(s.State.Welcome(shared.WelcomeFor{Participant: p.ID}, journal.Head{}))
		require.NoError(t, err)
		require.NotContains(t, string(w), "hunter2")
	}
	require.Equal(t, `{"pin":"hunter2"}`, string(readAnswer(t, s, s.Owner(), "q").Content))
	require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(ben, &protocol.Item{RequestID: "q"}).Err))
}

func TestState_the_address_of_a_page_is_for_the_participant_who_accepted(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	s.RunPrompt()
	elicitPage(s, "q")
	for _, p := range []protocol.Participant{s.Owner(), ben} {
		d := s.Send(p, &protocol.Item{RequestID: "q"})
		require.Equal(t, "https://a.b", d.Answer.(*protocol.ItemAnswer).Elicitation.Target)
		require.NotContains(t, string(rules.RawJSON(d.Answer)), "secret")
	}
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Send(s.Owner(), accept("q", `{"a":1}`)).Err))
	require.NoError(t, s.Send(s.Owner(), accept("q", "")).Err)
	s.DeliverAll()
	require.Equal(t, protocol.CodeElicitationAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), accept("q", "")).Err), "it only waits for the page")
	require.Equal(t, "https://a.b/secret", readAnswer(t, s, s.Owner(), "q").URL)
	require.Error(t, s.Send(ben, &protocol.Item{RequestID: "q"}).Err)
	for _, r := range s.Session.Journal {
		require.NotContains(t, string(r.Public), "secret", r.Type)
	}
}

func TestState_an_elicitation_can_be_declined(t *testing.T) {
	for _, action := range []protocol.ElicitationAction{protocol.ElicitationDecline, protocol.ElicitationCancel} {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.RunPrompt()
		elicit(s, "q")
		require.NoError(t, s.Send(s.Owner(), &protocol.Answer{RequestID: "q", Action: action}).Err)
		s.DeliverAll()
		last := s.Session.Journal[len(s.Session.Journal)-1]
		require.Contains(t, string(last.Public), fmt.Sprintf(`"action":%q`, action))
		require.Equal(t, protocol.CodePermissionAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Item{RequestID: "q"}).Err))
	}
}

func TestState_keeps_the_newest_answers(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	for i := range 40 {
		id := fmt.Sprint(i)
		elicitPage(s, id)
		require.NoError(t, s.Send(s.Owner(), accept(id, "")).Err)
		s.DeliverAll()
	}
	require.Len(t, s.State.Answered, 32)
	require.Equal(t, protocol.CodeElicitationAlreadyResolved, rulestest.ErrorCode(s.Send(s.Owner(), accept("0", "")).Err), "the page still waits")
}

func TestState_a_page_survives_a_restart_of_the_shared_session(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	elicitPage(s, "q")
	elicit(s, "p")
	require.NoError(t, s.Send(s.Owner(), accept("q", "")).Err)
	s.DeliverAll()
	s.Session.Reload(t, s.Now)
	state := s.Session.SharedState()
	require.Len(t, state.Elicitations, 2)
	require.Equal(t, s.Owner().ID, state.Elicitations[0].AcceptedBy.ID)
	require.NotNil(t, state.Elicitations[1].Form)
}

func TestWelcome_cuts_a_long_elicitation(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	asked := protocol.Elicitation{RequestID: "q", Mode: protocol.ElicitationModeForm, Message: strings.Repeat("é", 4000),
		Form: &protocol.ElicitationForm{Fields: []protocol.FormField{{Name: "a", Type: protocol.FieldBoolean}}}}
	s.AgentReports(rules.AgentElicitation{Elicitation: asked})
	s.DeliverAll()
	w := s.State.Welcome(shared.WelcomeFor{Participant: s.Owner().ID}, journal.Head{})
	shown := w.Elicitations[0]
	require.True(t, shown.Truncated)
	require.Greater(t, shown.WholeBytes, 8000)
	require.Nil(t, shown.Form, "nobody answers what is not shown whole")
	require.Less(t, len(shown.Message), 4<<10)
	require.True(t, strings.HasPrefix(asked.Message, shown.Message))
	whole := s.Send(s.Owner(), &protocol.Item{RequestID: "q"}).Answer.(*protocol.ItemAnswer).Elicitation
	require.Equal(t, asked, *whole)
}

// A request outside a turn is sent to all sessions that are open.
func TestState_no_other_session_learns_what_was_filled_in(t *testing.T) {
	w := rulestest.NewNetwork(t, rules.Settings{}, 2)
	s := &rulestest.Fixture{Network: w, T: t, Session: w.Shared[0], State: w.Shared[0].SharedState()}
	elicit(s, "q")
	other := w.Shared[1]
	require.Len(t, other.SharedState().Elicitations, 1)
	require.NoError(t, s.Send(s.Owner(), accept("q", `{"pin":"hunter2"}`)).Err)
	s.DeliverAll()
	require.Empty(t, other.SharedState().Elicitations)
	for _, r := range other.Journal {
		require.NotContains(t, string(r.Public)+string(r.Private), "hunter2", r.Type)
	}
	require.Equal(t, `{"pin":"hunter2"}`, string(readAnswer(t, s, s.Owner(), "q").Content))
}
