package agent_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/journal"
	"parley/hub/rules"
)

func TestLaunch_bounds_the_agents_of_a_profile(t *testing.T) {
	t.Parallel()
	s := fake("")
	bounded, other := s.profile, s.profile
	bounded.MaxAgents, other.Name = 2, "other"
	broken := profile.Profile{Name: "broken", Command: []string{"/bin/false"}, MaxAgents: 1}
	l, err := agent.NewLauncher([]profile.Profile{bounded, other, broken}, zaptest.NewLogger(t), s.options)
	require.NoError(t, err)
	launch := func(name string) (hub.Agent, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return l.Launch(ctx, rules.LaunchSpec{HostSession: journal.NewHostSessionID(), Profile: name}, func(rules.AgentEvent) {})
	}
	stop := func(a hub.Agent) { require.NoError(t, a.Stop(context.Background())) }
	first, err := launch("fake")
	require.NoError(t, err)
	second, err := launch("fake")
	require.NoError(t, err)
	_, err = launch("fake")
	require.ErrorIs(t, err, rules.ErrTooManyAgents)
	third, err := launch("other")
	require.NoError(t, err, "other profiles are not bounded")
	stop(first)
	first, err = launch("fake")
	require.NoError(t, err, "one has ended")
	for range 3 {
		_, err = launch("broken")
		require.Error(t, err)
		require.NotErrorIs(t, err, rules.ErrTooManyAgents, "an agent that does not start does not count")
	}
	for _, a := range []hub.Agent{first, second, third} {
		stop(a)
	}
}
