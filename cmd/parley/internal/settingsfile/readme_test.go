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
	readme, err := os.ReadFile("../../../../README.md")
	require.NoError(t, err)
	example := regexp.MustCompile("(?s)```yaml\n(agents:.*?)```").FindSubmatch(readme)
	require.NotNil(t, example)
	base := t.TempDir() // the directories of the example do not exist here
	for _, dir := range []string{"shop", "lib"} {
		require.NoError(t, os.Mkdir(filepath.Join(base, dir), 0o700))
	}
	f, err := load(t, strings.ReplaceAll(string(example[1]), "/srv", base))
	require.NoError(t, err)
	p := f.Agents[0]
	require.Equal(t, "opencode", p.Name)
	require.Equal(t, profile.HTTP, p.MCPServers[0].Transport())
	require.Equal(t, profile.Stdio, p.MCPServers[1].Transport())
	require.Equal(t, "ask", p.Mode)
	require.Len(t, p.Defaults(), 2)
}
