package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
)

func TestParse_splits_the_command_as_a_shell_does(t *testing.T) {
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
		p, err := profile.Parse(in)
		require.NoError(t, err, in)
		require.Equal(t, "a", p.Name)
		require.Equal(t, want, p.Command, in)
	}
	for in, want := range map[string]string{
		`claude`: `"claude" has no command; write NAME="COMMAND ARGS"`, `a=`: "no command", `a=""`: "no command", `=x`: "name is missing",
		`a="x`: "quote is open", `a='x`: "quote is open", `a=x \`: "at the end", `demo=x`: "is taken by",
	} {
		_, err := profile.Parse(in)
		require.ErrorContains(t, err, want, in)
	}
}
