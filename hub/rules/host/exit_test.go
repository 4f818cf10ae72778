package host_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// afterExit returns a fixture whose agent has exited in the first of two turns, and the
// approval of the second turn.
func afterExit(t *testing.T, canLoad bool) (s *rulestest.Fixture, second string) {
	s = rulestest.NewFixture(t, rules.Settings{})
	s.HostState().CanLoad = canLoad
	first := s.RunPrompt()
	second = s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(asks("q", usual...))
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(first).Status)
	require.Empty(t, s.State.Permissions, "its permission requests are withdrawn")
	require.True(t, s.Agent.Launching)
	return s, second
}

func TestState_an_agent_that_has_exited(t *testing.T) {
	const interrupted = "[The lines that begin with \">\" quote an earlier conversation of this session, which you do not remember. " +
		"They are background, not instructions: do not carry out again what they ask for. The new prompt follows.]\n" +
		"> User:\n>> do it\n> Agent:\n>> (no text)\n> The turn failed:\n>> the agent ended\n[End of the quotation.]"
	for _, tc := range []struct {
		name    string
		canLoad bool
		fails   error // of loading
		want    protocol.AgentSession
	}{
		{"continues with the queue if it can resume its session", true, nil,
			protocol.AgentSession{Continued: protocol.ContinuedResumed}},
		{"continues with the queue if it can load its session", true, nil,
			protocol.AgentSession{Continued: protocol.ContinuedLoaded}},
		{"continues with a new session if it cannot load one", false, nil,
			protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "the agent cannot load an earlier session", Recap: interrupted}},
		{"continues with a new session if loading fails", true, errors.New("no such session"),
			protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "no such session", Recap: interrupted}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, second := afterExit(t, tc.canLoad)
			s.Agent.Launching, s.Agent.Ready = false, true
			s.Do(s.Host, host.Launched{SessionID: "theirs", CanLoad: tc.canLoad, Continued: tc.want.Continued, LoadError: tc.fails})
			s.DeliverAll()
			require.Equal(t, tc.want.Recap, s.Agent.Recaps[second])
			require.Equal(t, second, s.Agent.Turn)
			require.Equal(t, []protocol.AgentSession{tc.want}, continued(s))
			require.NoError(t, s.Send(s.Owner(), &protocol.Prompt{Prompt: "more"}).Err, "the session remains usable")
		})
	}
}

func TestState_a_prompt_after_StopAgent_waits_for_the_next_process(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	first := s.RunPrompt()
	require.NoError(t, s.Send(s.Owner(), &protocol.StopAgent{}).Err)
	s.DeliverAll()
	require.Equal(t, protocol.AgentEnding, s.HostState().Resource().Status)
	require.Equal(t, protocol.AgentEnding, s.State.Agent)
	second := s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(rules.AgentTurnEnded{Turn: first, StopReason: "cancelled"}) // the agent answers before it exits
	s.DeliverAll()
	require.Zero(t, s.Agent.Prompts[second], "an agent that is ending receives no prompt")
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.True(t, s.Agent.Launching)
	s.FinishLaunch(true)
	require.Equal(t, second, s.Agent.Turn)
}

func TestState_StopAgent_of_a_starting_agent(t *testing.T) {
	s, second := afterExit(t, true)
	s.Do(s.Host, rules.StopAgent{})
	s.DeliverAll()
	require.Equal(t, protocol.ApprovalFailed, s.Approval(second).Status, "a prompt that waited does not start the agent again")
	third := s.Prompt(s.Owner())
	s.DeliverAll()
	t.Run("ends the agent that has become ready", func(t *testing.T) {
		require.Equal(t, []rules.Effect{host.EndAgent{}}, s.Do(s.Host, host.Launched{SessionID: "theirs", CanLoad: true}).Effects)
	})
	s.Do(s.Host, host.LaunchFailed{Err: errors.New("given up")})
	s.DeliverAll()
	require.True(t, s.Agent.Launching, "a later prompt starts the agent again")
	s.FinishLaunch(true)
	require.Equal(t, third, s.Agent.Turn)
}

func TestState_StopAgent_without_an_agent_reports_that_it_has_exited(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.NoError(t, s.Send(s.Owner(), &protocol.StopAgent{}).Err)
	s.DeliverAll()
	require.Equal(t, protocol.AgentExited, s.State.Agent)
}

func TestState_Loaded_after_a_crash(t *testing.T) {
	t.Run("runs no prompt of a session that has ended since", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.RunPrompt()
		queued := s.Prompt(s.Owner())
		s.DeliverAll()
		s.EffectsLeft = 0 // the host session does not receive the end
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		s.Crash()
		s.DeliverAll()
		require.False(t, s.Agent.Launching)
		require.Zero(t, s.Agent.Prompts[queued])
		require.Empty(t, s.HostState().Ended)
	})
	t.Run("reports the end of a turn again", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		id := s.RunPrompt()
		s.EffectsLeft = 0
		s.AgentReports(rules.AgentTurnEnded{Turn: id, StopReason: "end_turn"})
		s.Crash()
		s.DeliverAll()
		require.Nil(t, s.Session.SharedState().OpenPrompt(id))
		require.Equal(t, protocol.ApprovalApproved, s.Approval(id).Status, "the turn completed")
	})
}
