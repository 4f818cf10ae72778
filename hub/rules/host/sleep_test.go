package host_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

// drowsy returns a fixture whose agent has had a turn and sleeps after ten minutes.
func drowsy(t *testing.T) *rulestest.Fixture {
	s := rulestest.NewFixture(t, rules.Settings{})
	s.RunPrompt()
	s.HostState().IdleTimeout = 10 * time.Minute
	finishTurn(s, "done")
	return s
}

// pass lets time pass, and lets the host session apply its time-outs.
func pass(s *rulestest.Fixture, d time.Duration) {
	s.Now = s.Now.Add(d)
	s.Do(s.Host, rules.Tick{})
	s.DeliverAll()
}

func TestState_an_agent_that_nobody_uses_sleeps_and_is_woken_by_a_prompt(t *testing.T) {
	s := drowsy(t)
	require.WithinDuration(t, s.Now.Add(10*time.Minute), s.HostState().Due(), time.Second)
	pass(s, 9*time.Minute)
	require.False(t, s.Agent.Ending)
	pass(s, time.Minute)
	require.True(t, s.Agent.Ending)
	s.AgentReports(rules.AgentExited{})
	s.DeliverAll()
	require.False(t, s.Agent.Launching, "a session that is open does not wake it")
	require.Equal(t, protocol.AgentExited, s.State.Agent)
	require.True(t, s.State.Asleep)
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn)
	require.False(t, s.State.Asleep)
	require.Equal(t, protocol.ContinuedLoaded, continued(s)[0].Continued)
}

func TestState_a_prompt_wakes_an_agent_that_falls_asleep(t *testing.T) {
	s := drowsy(t)
	pass(s, 10*time.Minute)
	next := s.Prompt(s.Owner())
	s.DeliverAll()
	s.AgentReports(rules.AgentExited{})
	s.FinishLaunch(true)
	s.DeliverAll()
	require.Equal(t, next, s.Agent.Turn)
}

func TestState_an_agent_does_not_sleep(t *testing.T) {
	t.Run("in a turn", func(t *testing.T) {
		s := drowsy(t)
		s.RunPrompt()
		pass(s, time.Hour)
		require.False(t, s.Agent.Ending)
	})
	t.Run("if it would forget the conversation", func(t *testing.T) {
		s := drowsy(t)
		s.HostState().CanLoad = false
		pass(s, time.Hour)
		require.False(t, s.Agent.Ending)
	})
	t.Run("while work runs in the background", func(t *testing.T) {
		s := drowsy(t)
		s.HostState().Session.Facts.Background = []protocol.BackgroundWork{{Type: "terminal"}}
		pass(s, time.Hour)
		require.False(t, s.Agent.Ending)
	})
	t.Run("if its profile sets no time-out", func(t *testing.T) {
		s := drowsy(t)
		s.HostState().IdleTimeout = 0
		pass(s, time.Hour)
		require.False(t, s.Agent.Ending)
	})
}
