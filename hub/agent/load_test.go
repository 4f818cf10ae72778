package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

func TestLoad_the_replay_goes_to_nobody(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"can load", "replays after its answer"} {
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

func TestLoad_an_agent_that_cannot_begins_a_new_session(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"":                                "the agent cannot load an earlier session",
		"forgets it all":                  "answered session/load with: no such session (error -32002)",
		"forgets it all, as a server":     "answered session/load with: Session not found (error -32000)",
		"forgets it all, with much noise": "answered session/load with: no such session (error -32002)",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := fake(how)
			s.spec.Load = "fake-0"
			r := ready(t, s)
			require.Equal(t, "fake-1", r.SessionID())
			require.EqualError(t, r.LoadError(), want)
			said, _ := r.turn("hello")
			require.Equal(t, []string{r.note("hello")}, said, "what the new session says is shown")
		})
	}
}

func TestLoad_an_agent_that_wants_a_login_does_not_begin_anew(t *testing.T) {
	t.Parallel()
	s := fake("wants a login to load")
	s.spec.Load = "fake-0"
	_, err := s.try(t)
	require.ErrorIs(t, err, rules.ErrAuthRequired)
	require.NotErrorIs(t, err, rules.ErrCannotLoad)
}

func TestLoad_that_leaves_no_agent_to_begin_anew_asks_for_another_process(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"dies of loading":    "exited with status 1 before it was ready",
		"dies after loading": "exited with status 1 before it was ready",
		"is lost by loading": "answered session/load with: unreadable error \"no\" (error -32603); " +
			"after that, answered session/new with: still loading (error -32603)",
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
