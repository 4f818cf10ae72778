package settingsfile

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
)

func TestREADME_example_is_valid(t *testing.T) {
	t.Parallel()
	p := example(t, "README.md")
	require.Equal(t, "opencode", p.Name)
	require.Equal(t, "shop", filepath.Base(p.Dir))
}

func TestDocs_example_is_valid(t *testing.T) {
	t.Parallel()
	p := example(t, "docs/agents.md")
	require.Equal(t, "opencode", p.Name)
	require.Equal(t, profile.HTTP, p.MCPServers[0].Transport())
	require.Equal(t, profile.Stdio, p.MCPServers[1].Transport())
	require.Equal(t, "ask", p.Mode)
	require.Len(t, p.Defaults(), 2)
}

// example loads the settings file that a page shows, and returns its agent.
func example(t *testing.T, page string) profile.Profile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../..", page))
	require.NoError(t, err)
	example := regexp.MustCompile("(?s)```yaml\n(agents:.*?)```").FindSubmatch(text)
	require.NotNil(t, example)
	base := t.TempDir() // the directories of the example do not exist here
	for _, dir := range []string{"shop", "lib"} {
		require.NoError(t, os.Mkdir(filepath.Join(base, dir), 0o700))
	}
	f, err := load(t, strings.ReplaceAll(string(example[1]), "/srv", base))
	require.NoError(t, err)
	require.Len(t, f.Agents, 1)
	return f.Agents[0]
}
