package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

func TestFork_opens_a_new_session_and_drops_what_the_agent_repeats(t *testing.T) {
	t.Parallel()
	s := fake("forks")
	s.spec.Fork = "fake-0"
	r := s.launch(t)
	require.Equal(t, "fake-1", r.SessionID())
	require.True(t, r.CanLoad())
	said, _ := r.turn("hello")
	require.Equal(t, r.note("hello"), said[len(said)-1])
	require.NotContains(t, said, r.note("replayed"))
	require.NotContains(t, said, r.note("replayed after the fork of fake-0"))
}

func TestFork_that_the_agent_refuses_or_does_not_offer_fails(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"loads":                   "does not fork its sessions",
		"forks, but not this one": "no such session",
		"forks into itself":       "the id of the session that it forks",
	} {
		s := fake(how)
		s.spec.Fork = "fake-0"
		_, err := s.try(t)
		require.ErrorIs(t, err, rules.ErrAgentFailed, how)
		require.ErrorContains(t, err, want)
	}
}

func TestLaunch_resumes_an_adopted_session_that_the_agent_cannot_repeat(t *testing.T) {
	t.Parallel()
	s := fake("resumes")
	s.spec.Load, s.spec.Replay = "fake-0", true
	r := s.launch(t)
	require.Equal(t, "fake-0", r.SessionID())
	require.NoError(t, r.LoadError())
}
