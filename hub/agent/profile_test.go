package agent_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/hub/agent"
	"parley/protocol"
)

func TestNewLauncher_refuses_invalid_profiles(t *testing.T) {
	t.Parallel()
	log := zaptest.NewLogger(t)
	ok := agent.Profile{Name: "a", Description: "the first", Command: []string{"x"}}
	launcher, err := agent.NewLauncher([]agent.Profile{ok}, log, agent.Options{})
	require.NoError(t, err)
	profiles := launcher.Profiles()
	require.Equal(t, protocol.AgentProfile{Name: "a", Description: "the first", Source: protocol.SourceConfigured}, profiles[0])
	require.Equal(t, "demo", profiles[1].Name)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for want, bad := range map[string][]agent.Profile{
		`agent "a": working directory "/no/such/dir": does not exist`: {{Name: "a", Command: []string{"x"}, Dir: "/no/such/dir"}},
		"it is not a directory": {{Name: "a", Command: []string{"x"}, Dir: file}},
		"configured twice":      {ok, ok},
		"is taken by":           {{Name: "demo", Command: []string{"x"}}},
		"no command":            {{Name: "a"}},
		"use letters":           {{Name: "a b", Command: []string{"x"}}},
		"cannot name":           {{Name: "a", Command: []string{"x"}, Env: map[string]string{"A=B": "c"}}},
	} {
		_, err := agent.NewLauncher(bad, log, agent.Options{})
		require.ErrorContains(t, err, want)
	}
}

func TestParseProfile_splits_the_command_as_a_shell_does(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		`a=claude-agent`:               {"claude-agent"},
		`a=  npx  -y "my agent" --x=1`: {"npx", "-y", "my agent", "--x=1"},
		`a=x 'it''s' "a\"b\n" c\ d ''`: {"x", "its", `a"b\n`, "c d", ""},
		`a='/opt/my agent/run' '\'`:    {"/opt/my agent/run", `\`},
		"a=x \t\n y\r\n":               {"x", "y"},
		`a=x # $HOME > y | z; ~ *`:     {"x", "#", "$HOME", ">", "y", "|", "z;", "~", "*"},
		"a=x \\\n--flag":               {"x", "--flag"}, // a continued line
	} {
		p, err := agent.ParseProfile(in)
		require.NoError(t, err, in)
		require.Equal(t, "a", p.Name)
		require.Equal(t, want, p.Command, in)
	}
	for in, want := range map[string]string{
		`claude`: "want NAME=COMMAND", `a=`: "no command", `a=""`: "no command", `=x`: "use letters",
		`a="x`: "quote is open", `a='x`: "quote is open", `a=x \`: "at the end", `demo=x`: "is taken by",
	} {
		_, err := agent.ParseProfile(in)
		require.ErrorContains(t, err, want, in)
	}
}
