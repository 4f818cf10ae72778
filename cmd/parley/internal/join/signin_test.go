package join

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

func TestScreen_lists_the_ways_to_sign_in(t *testing.T) {
	var out strings.Builder
	s := newScreen(&out, false, ledger.New())
	r := &room{}
	s.signInWays(r)
	require.Contains(t, out.String(), "does not say how")
	out.Reset()
	r.agent.AuthMethods = []protocol.AuthMethod{
		{ID: "account", Name: "Demo\x1b[2J account", Type: protocol.AuthByAgent, Description: "opens a page"},
		{ID: "shell", Name: "Shell", Type: protocol.AuthInTerminal, Command: "kestrel --login", Variables: []string{"HOME_DIR"}},
		{ID: "key", Name: "Key", Type: protocol.AuthByVariable, Variables: []string{"KEY"}},
		{ID: "other", Name: "Other", Type: "oauth"},
	}
	s.signInWays(r)
	for _, text := range []string{
		"/sign-in account\n", "opens a page", "with HOME_DIR as in the agent's configuration: kestrel --login", "set KEY in", "Other: follow the description",
	} {
		require.Contains(t, out.String(), text)
	}
	require.NotContains(t, out.String(), "\x1b")
	require.Equal(t, "key", r.authMethod("kEy").ID, "by its name")
	require.Nil(t, r.authMethod("none"))
}
