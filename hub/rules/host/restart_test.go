package host_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// count returns how many events of a type a shared session has.
func count[P protocol.Payload](t *testing.T, journal []journal.Record) (n int) {
	for _, r := range journal {
		e, err := shared.DecodeEvent(r)
		require.NoError(t, err)
		if _, ok := e.Public.(P); ok {
			n++
		}
	}
	return n
}

func TestState_RestartAgent_fails_the_running_turn_and_keeps_the_queue(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	first := s.RunPrompt()
	second := s.Prompt(s.Owner())
	s.DeliverAll()
	require.NotEmpty(t, s.Send(s.Owner(), &protocol.RestartAgent{}).Hold, "the command waits until it is carried out")
	s.DeliverAll()
	require.Equal(t, 1, count[*protocol.AgentRestarting](t, s.Session.Journal))
	require.Equal(t, protocol.AgentEnding, s.State.Agent)
	require.True(t, s.Agent.Ending)
	third := s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.Equal(t, "the agent was restarted", failed(s, first).Error)
	require.True(t, s.Agent.Launching && s.Agent.Loading)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, second, s.Agent.Turn)
	finishTurn(s, "done")
	require.Equal(t, third, s.Agent.Turn, "a prompt that came meanwhile waited")
}

func TestState_RestartAgent(t *testing.T) {
	t.Run("starts an agent that has exited", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		require.False(t, s.Agent.Launching)
		s.Send(s.Owner(), &protocol.RestartAgent{})
		s.DeliverAll()
		require.True(t, s.Agent.Launching)
	})
	t.Run("starts an agent again that has no prompt", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Send(s.Owner(), &protocol.RestartAgent{})
		s.DeliverAll()
		s.AgentReports(rules.AgentExited{})
		require.True(t, s.Agent.Launching)
	})
	t.Run("starts an agent again that is starting, and keeps its prompts", func(t *testing.T) {
		s, second := afterExit(t, true)
		s.Send(s.Owner(), &protocol.RestartAgent{})
		s.DeliverAll()
		s.Do(s.Host, host.LaunchFailed{Err: errors.New("given up")})
		require.True(t, s.Agent.Launching)
		s.FinishLaunch(true)
		s.DeliverAll()
		require.Equal(t, second, s.Agent.Turn)
	})
	t.Run("after a stop starts the agent when it has ended", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Send(s.Owner(), &protocol.StopAgent{})
		s.DeliverAll()
		s.Send(s.Owner(), &protocol.RestartAgent{})
		s.DeliverAll()
		s.AgentReports(rules.AgentExited{})
		require.True(t, s.Agent.Launching)
	})
	t.Run("is undone by a stop", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Send(s.Owner(), &protocol.RestartAgent{})
		s.DeliverAll()
		s.Send(s.Owner(), &protocol.StopAgent{})
		s.DeliverAll()
		s.AgentReports(rules.AgentExited{})
		require.False(t, s.Agent.Launching)
	})
	t.Run("is carried out once, however often the command comes", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		for range 3 {
			s.SendWithID(s.Owner(), "same", &protocol.RestartAgent{})
		}
		s.DeliverAll()
		s.SendWithID(s.Owner(), "same", &protocol.RestartAgent{})
		s.AgentReports(rules.AgentExited{})
		s.DeliverAll()
		s.FinishLaunch(true)
		s.DeliverAll()
		require.NotZero(t, s.SendWithID(s.Owner(), "same", &protocol.RestartAgent{}).Replay)
		require.Equal(t, 1, count[*protocol.AgentRestarting](t, s.Session.Journal))
		require.Equal(t, protocol.AgentIdle, s.State.Agent)
	})
	t.Run("of a deleted host session is refused", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Do(s.Host, host.Delete{})
		d := s.Do(s.Host, rules.RestartAgent{ID: "1", Shared: s.Session.ID})
		require.Equal(t, protocol.CodeHostSessionNotFound, rulestest.ErrorCode(rulestest.MessagesOf[rules.RestartRefused](d)[0].Err))
	})
}

// switchable returns a fixture whose agent, which has had a turn, may be switched to other.
func switchable(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.HostState().Session.Facts.Profiles = []string{"demo", "other"}
	s.RunPrompt()
	finishTurn(s, "I have done it.")
	return s
}

func TestState_SwitchAgent_continues_with_another_agent_and_a_recap(t *testing.T) {
	s := switchable(t)
	s.HostState().Chosen = []rules.OptionChange{{ID: "1", OptionID: "model"}}
	s.Send(s.Owner(), &protocol.SwitchAgent{Agent: "other"})
	s.DeliverAll()
	require.Equal(t, 1, count[*protocol.AgentSwitched](t, s.Session.Journal))
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(rules.AgentExited{})
	require.Equal(t, "other", s.HostState().Session.Agent)
	require.Equal(t, "other", *s.HostState().Session.Facts.Profile)
	require.False(t, s.Agent.Loading, "it cannot load the other agent's session")
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn)
	require.Empty(t, s.Agent.Changes, "options of the other agent are not set")
	require.Contains(t, s.Agent.Recaps[next], ">> I have done it.")
	require.Equal(t, "demo was replaced by other", continued(s)[0].Reason)
}

func TestState_SwitchAgent_that_cannot_be_started_leaves_the_room_usable(t *testing.T) {
	s := switchable(t)
	s.Send(s.Owner(), &protocol.SwitchAgent{Agent: "other"})
	s.DeliverAll()
	s.AgentReports(rules.AgentExited{})
	s.FinishLaunch(false)
	s.DeliverAll()
	require.Equal(t, protocol.AgentExited, s.State.Agent)
	s.Send(s.Owner(), &protocol.SwitchAgent{Agent: "demo"})
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn)
	require.Contains(t, s.Agent.Recaps[next], ">> I have done it.")
}

func TestState_SwitchAgent_is_refused(t *testing.T) {
	s := switchable(t)
	refusal := func(m rules.RestartAgent) protocol.Code {
		m.ID, m.Shared = "1", s.Session.ID
		d := s.Do(s.Host, m)
		require.Empty(t, d.Events)
		return rulestest.ErrorCode(rulestest.MessagesOf[rules.RestartRefused](d)[0].Err)
	}
	require.Equal(t, protocol.CodeInvalidRequest, refusal(rules.RestartAgent{Agent: "demo"}))
	require.Equal(t, protocol.CodeAgentNotFound, refusal(rules.RestartAgent{Agent: "installed later"}))
	require.Equal(t, protocol.CodeAgentInUse, refusal(rules.RestartAgent{Agent: "other", Others: true}))
	s.RunPrompt()
	require.Equal(t, protocol.CodeAgentInUse, refusal(rules.RestartAgent{Agent: "other"}))
	s.DeliverAll()
	require.NoError(t, s.Send(s.Owner(), &protocol.Chat{Text: "x"}).Err)
}

func TestState_SwitchAgent_fails_prompts_that_the_new_agent_does_not_take(t *testing.T) {
	s := switchable(t)
	s.Send(s.Owner(), &protocol.SwitchAgent{Agent: "other"})
	s.DeliverAll()
	picture := rules.Turn{Approval: "picture", Shared: s.Session.ID, Content: []protocol.Content{
		{Type: protocol.ContentAttachment, Name: "a.png", MimeType: "image/png"}}}
	s.Do(s.Host, rules.Dispatch{Turn: picture})
	text := s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(rules.AgentExited{})
	s.Agent.Launching, s.Agent.Ready = false, true
	d := s.Do(s.Host, host.WithFacts{Facts: protocol.AgentFacts{Capabilities: []byte(`{"promptCapabilities":{"image":false}}`)}, Body: host.Launched{SessionID: "new", Continued: protocol.ContinuedNew}})
	ends := rulestest.MessagesOf[rules.TurnEnded](d)
	require.Len(t, ends, 1)
	require.Equal(t, "picture", ends[0].Approval)
	require.Equal(t, protocol.CodeContentNotSupported, ends[0].Code)
	s.DeliverAll()
	require.Equal(t, text, s.Agent.Turn)
}

func TestState_an_adopted_session_is_replayed_once_to_the_first_room(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	h := s.HostState()
	h.Adopted, h.AgentSession, h.HadTurn, h.Occupied = "theirs", "theirs", true, false
	h.Session.Facts.Capabilities = []byte(`{"loadSession":true}`)
	d := s.Do(s.Host, rules.SharedOpened{Shared: s.Session.ID})
	require.Contains(t, d.Effects, rules.Effect(host.EndAgent{}))
	s.DeliverAll()
	d = s.Do(s.Host, host.AgentReported{Event: rules.AgentExited{}})
	require.True(t, rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec.Replay)
	says(s, "earlier")
	says(s, "and more")
	require.True(t, h.Replayed)
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, 2, count[*protocol.HostSessionUpdate](t, s.Session.Journal))
	s.Send(s.Owner(), &protocol.RestartAgent{})
	s.DeliverAll()
	d = s.Do(s.Host, host.AgentReported{Event: rules.AgentExited{}})
	require.False(t, rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec.Replay)
	require.Equal(t, "theirs", rulestest.MessagesOf[host.LaunchAgent](d)[0].Spec.Load)
}
