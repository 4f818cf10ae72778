package agent_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
	"parley/hub/rules"
	"parley/protocol"
)

// locked is an agent that opens no session until somebody has signed in with the id "key".
const locked = `while read -r line; do
	id=${line#*'"id":'}; id=${id%%,*}
	case $line in
	*'"method":"initialize"'*) answer='"result":{"protocolVersion":1,"authMethods":[{"id":"key","name":"Key"},
		{"id":"shell","name":"Shell","type":"terminal","args":["--log in"],"env":{"A":"b c"}},
		{"id":"trap","name":"Trap","type":"terminal","env":{"$(reboot)":"x"}},{"id":"hidden","name":"Hidden","type":"terminal","args":["\u202e"]},
		{"id":"var","name":"Variable","type":"env_var","vars":[{"name":"KEY"},{"name":""}]}]}' ;;
	*'"method":"authenticate"'*'"methodId":"key"'*) in=1; answer='"result":{}' ;;
	*'"method":"authenticate"'*) answer='"error":{"code":-32603,"message":"wrong key"}' ;;
	*'"method":"session/new"'*) [ -n "$in" ] && answer='"result":{"sessionId":"one"}' || answer='"error":{"code":-32000,"message":"Authentication required"}' ;;
	esac
	printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$(printf %s "$answer" | tr -d '\n\t')"
done`

func lockedAgent(t *testing.T) setup {
	program := filepath.Join(t.TempDir(), "kestrel")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"+locked), 0o700))
	s := fake("")
	s.profile = profile.Profile{Name: "fake", Command: []string{program, "acp"}, Env: map[string]string{"SECRET": "s", "HOME_DIR": "/x"}}
	return s
}

func TestLaunch_signs_in_before_it_opens_a_session(t *testing.T) {
	t.Parallel()
	s := lockedAgent(t)
	_, err := s.try(t)
	require.ErrorIs(t, err, rules.ErrAuthRequired)
	require.ErrorContains(t, err, "Authentication required")

	s.spec.SignIn = "wrong"
	_, err = s.try(t)
	require.ErrorIs(t, err, rules.ErrAuthRequired)
	require.ErrorContains(t, err, "could not sign in: wrong key")

	s.spec.SignIn = "key"
	_, err = s.try(t)
	require.NoError(t, err)
}

func TestSignIn_reports_the_agents_answer(t *testing.T) {
	t.Parallel()
	s := lockedAgent(t)
	s.spec.SignIn = "key"
	r := s.launch(t)
	r.SignIn("1", "wrong")
	done, _ := await[rules.AgentConfigured](r)
	require.Equal(t, "1", done.RequestID)
	require.ErrorContains(t, done.Err, "wrong key")
	r.SignIn("2", "key")
	done, _ = await[rules.AgentConfigured](r)
	require.Equal(t, "2", done.RequestID)
	require.NoError(t, done.Err)
}

func TestFacts_say_how_to_sign_in_outside_of_the_agent(t *testing.T) {
	t.Parallel()
	s := lockedAgent(t)
	s.spec.SignIn = "key"
	c := launchConfigurable(t, s)
	c.mu.Lock()
	defer c.mu.Unlock()
	shell := c.facts.AuthMethod("shell")
	require.Equal(t, `A='b c' `+s.profile.Command[0]+` acp '--log in'`, shell.Command)
	require.Equal(t, []string{"HOME_DIR", "SECRET"}, shell.Variables, "the values may be secret")
	require.Empty(t, c.facts.AuthMethod("trap").Command, "a shell would carry out the name")
	require.Empty(t, c.facts.AuthMethod("hidden").Command, "nobody can see what it contains")
	require.Equal(t, []string{"KEY"}, c.facts.AuthMethod("var").Variables)
	require.Equal(t, protocol.AuthByAgent, c.facts.AuthMethod("key").Type)
}
