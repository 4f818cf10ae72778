package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

func TestResume(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]protocol.AgentContinuation{
		"resumes":                     protocol.ContinuedResumed,
		"loads":                       protocol.ContinuedLoaded,
		"loads, but does not resume":  protocol.ContinuedLoaded,
		"can neither resume nor load": protocol.ContinuedNew,
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.spec.Load = "fake-0"
			r := s.launch(t)
			require.True(t, r.CanLoad())
			require.Equal(t, want, r.Continued())
			if want == protocol.ContinuedNew {
				require.EqualError(t, r.LoadError(), "session/load failed: the session is broken")
			} else {
				require.NoError(t, r.LoadError())
				require.Equal(t, "fake-0", r.SessionID())
			}
			said, _ := r.turn("hello")
			require.Equal(t, []string{r.note("hello")}, said[len(said)-1:])
			require.NotContains(t, said, r.note("replayed"))
		})
	}
}

func TestResume_that_breaks_the_agent_fails_with_ErrCannotLoad(t *testing.T) {
	t.Parallel()
	s := fake("exits while resuming")
	s.spec.Load = "fake-0"
	_, err := s.try(t)
	require.ErrorIs(t, err, rules.ErrCannotLoad)
}

func TestLoad_drops_the_replay(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"loads", "replays after its answer"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.spec.Load = "fake-0"
			r := s.launch(t)
			require.Equal(t, "fake-0", r.SessionID())
			require.True(t, r.CanLoad())
			require.NoError(t, r.LoadError())
			r.prompt("hello")
			_, said := await[rules.AgentTurnEnded](r)
			require.Equal(t, []string{r.note("before everything"), `{"jsonrpc":"2.0","method":"_fake/state","params":{}}`,
				r.note("hello")}, said)
		})
	}
}

func TestLoad_opens_a_new_session_if_the_agent_cannot_load(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"":                                  "the agent cannot load an earlier session",
		"has no session":                    "session/load failed: no such session",
		"has no session, as a server error": "session/load failed: Session not found",
		"has no session, with much output":  "session/load failed: no such session",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.spec.Load = "fake-0"
			r := ready(t, s)
			require.Equal(t, "fake-1", r.SessionID())
			require.EqualError(t, r.LoadError(), want)
			said, _ := r.turn("hello")
			require.Equal(t, []string{r.note("hello")}, said, "notifications of the new session are passed on")
		})
	}
}

func TestLoad_fails_if_the_agent_requires_signing_in(t *testing.T) {
	t.Parallel()
	s := fake("requires signing in to load")
	s.spec.Load = "fake-0"
	_, err := s.try(t)
	require.ErrorIs(t, err, rules.ErrAuthRequired)
	require.NotErrorIs(t, err, rules.ErrCannotLoad)
}

func TestLoad_that_breaks_the_agent_fails_with_ErrCannotLoad(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"exits while loading": "exited with status 1 before it was ready",
		"exits after loading": "exited with status 1 before it was ready",
		"fails after loading": "session/load failed: malformed error \"no\"; " +
			"then session/new failed: still loading",
	} {
		s := fake(how)
		s.spec.Load = "fake-0"
		_, err := s.try(t)
		require.ErrorIs(t, err, rules.ErrCannotLoad, how)
		require.ErrorContains(t, err, want)
		s.spec.Load = ""
		ready(t, s)
	}
}
