package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

func TestTurn_fails_with_all_that_the_agents_error_says(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, end := r.turn("fail -32603")
	require.EqualError(t, end.Err, "Internal error: Quota exceeded\uFFFD (error -32603)")
}

func TestTurn_that_fails_for_want_of_a_login_says_how_to_sign_in(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, end := r.turn("fail -32000")
	require.ErrorIs(t, end.Err, rules.ErrAuthRequired)
	require.ErrorContains(t, end.Err, "the agent is not signed in: Internal error: Quota exceeded")
	require.ErrorContains(t, end.Err, "Log in with Kestrel (Run kestrel login first)")
}

func TestFailure_never_tells_a_secret_of_the_agent(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"leaks at new":    "401 for Bearer [redacted]: x-api-key: [redacted] (error -32603)",
		"leaks and exits": "it wrote: KESTREL_KEY_TOKEN=[redacted]",
	} {
		_, err := fake(how).try(t)
		require.ErrorContains(t, err, want, how)
	}

	s := fake("leaks at load")
	s.spec.Load = "fake-0"
	require.EqualError(t, ready(t, s).LoadError(),
		"answered session/load with: 401 for Bearer [redacted]: x-api-key: [redacted] (error -32603)")

	_, end := ready(t, fake("")).turn("leak")
	require.EqualError(t, end.Err, "401 for Bearer [redacted]: x-api-key: [redacted] (error -32603)")
}
