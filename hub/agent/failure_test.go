package agent_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

func TestTurn_fails_with_the_message_and_the_data_of_the_agents_error(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, end := r.turn("fail -32603")
	require.EqualError(t, end.Err, "Internal error: Quota exceeded\uFFFD")
}

func TestTurn_that_needs_signing_in_fails_with_the_ways_to_sign_in(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	_, end := r.turn("fail -32000")
	require.ErrorIs(t, end.Err, rules.ErrAuthRequired)
	what, do, found := strings.Cut(end.Err.Error(), "\n")
	require.True(t, found, "two lines: what is wrong, and what to do")
	require.Contains(t, what, "the agent is not signed in: Internal error: Quota exceeded")
	require.Contains(t, do, "Sign in to it as the user that runs Parley, then try again. The agent offers: Log in with Kestrel (Run kestrel login first)")
}

func TestTurn_that_the_provider_refuses_needs_signing_in(t *testing.T) {
	t.Parallel()
	r := ready(t, fake(""))
	for err, signedOut := range map[string]bool{
		`{"code":401,"message":"{\"error\":{\"status\":\"UNAUTHENTICATED\"}}"}`:                            true,
		`{"code":-32603,"message":"Internal error: 401 the key is unknown"}`:                               true,
		`{"code":-32603,"message":"Internal error","data":{"message":"Incorrect API key provided: sk-x"}}`: true,
		`{"code":-32603,"message":"Internal error","data":"the API key has expired"}`:                      true,
		`{"code":-32603,"message":"You are not logged in"}`:                                                true,
		`{"code":-32603,"message":"429 the quota of this API key is used up"}`:                             false,
		`{"code":-32603,"message":"Unexpected token < in JSON is invalid"}`:                                false,
		`{"code":-32603,"message":"line 4401 is too long"}`:                                                false,
		`{"code":-32602,"message":"Invalid params: authentication failed"}`:                                false,
	} {
		_, end := r.turn("error " + err)
		require.Equal(t, signedOut, errors.Is(end.Err, rules.ErrAuthRequired), "%s: %v", err, end.Err)
	}
}

func TestFailure_masks_secrets_of_the_agent(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{
		"leaks at session/new": "401 for Bearer [redacted]: x-api-key: [redacted]",
		"leaks and exits":      "it wrote: KESTREL_KEY_TOKEN=[redacted]",
	} {
		_, err := fake(how).try(t)
		require.ErrorContains(t, err, want, how)
	}

	s := fake("leaks at session/load")
	s.spec.Load = "fake-0"
	require.EqualError(t, ready(t, s).LoadError(),
		"session/load failed: 401 for Bearer [redacted]: x-api-key: [redacted]")

	_, end := ready(t, fake("")).turn("leak")
	require.ErrorContains(t, end.Err, "401 for Bearer [redacted]: x-api-key: [redacted]")
}
