package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/rules"
	"parley/protocol"
)

func TestSessions_lists_what_the_agent_has_in_allowed_directories(t *testing.T) {
	t.Parallel()
	s := fake("lists sessions")
	s.profile.Dir = t.TempDir()
	s.profile.Env["FAKE_DIR"] = s.profile.Dir
	launcher, err := agent.NewLauncher([]profile.Profile{s.profile}, zaptest.NewLogger(t), s.options)
	require.NoError(t, err)
	found, err := launcher.Sessions(t.Context(), "fake", "")
	require.NoError(t, err)
	date := "2026-03-01T10:00:00Z"
	require.Equal(t, protocol.AgentSessionsAnswer{Sessions: []protocol.ListedSession{
		{SessionID: "one", Cwd: s.profile.Dir, Title: "First", UpdatedAt: &date},
		{SessionID: "three", Cwd: s.profile.Dir},
	}}, found)
}

func TestSessions_of_an_agent_that_lists_none_fails(t *testing.T) {
	t.Parallel()
	s := fake("loads")
	launcher, err := agent.NewLauncher([]profile.Profile{s.profile}, zaptest.NewLogger(t), s.options)
	require.NoError(t, err)
	_, err = launcher.Sessions(t.Context(), "fake", "")
	require.ErrorIs(t, err, rules.ErrAgentFailed)
	require.ErrorContains(t, err, "does not list its sessions")
}

func TestLaunch_replays_an_adopted_session(t *testing.T) {
	t.Parallel()
	s := fake("replays after its answer")
	s.spec.Load, s.spec.Adopt, s.spec.Replay = "fake-0", true, true
	r := s.launch(t)
	said, _ := r.turn("hello")
	require.Contains(t, said, r.note("replayed"))
	require.Contains(t, said, r.note("replayed late: 9"))
	require.Equal(t, r.note("hello"), said[len(said)-1], "the prompt follows the replay")
}

func TestLaunch_fails_if_a_session_cannot_be_adopted(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{"has no session": "no such session", "": "cannot load an earlier session"} {
		s := fake(how)
		s.spec.Load, s.spec.Adopt = "fake-0", true
		_, err := s.try(t)
		require.ErrorIs(t, err, rules.ErrAgentFailed, how)
		require.ErrorContains(t, err, want)
	}
}
