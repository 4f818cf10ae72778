package agent_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
)

// opener is an agent that announces capabilities, and writes the request that opens a
// session into the file that OPENED names.
const opener = `read -r line
echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":'"$VERSION"',"agentCapabilities":'"$CAPABILITIES"',"capabilities":'"$CAPABILITIES"'}}'
read -r line
printf %s "$line" >"$OPENED"
echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"one"}}'
cat >/dev/null`

// open launches an agent with some capabilities, and returns the parameters of the request
// that opened its session, and the notes about it.
func open(t *testing.T, p profile.Profile, version, capabilities string) (map[string]json.RawMessage, []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "opened")
	s := fake("")
	p.Name, p.Command = "fake", []string{"/bin/sh", "-c", opener}
	p.Env = map[string]string{"VERSION": version, "CAPABILITIES": capabilities, "OPENED": file}
	s.profile = p
	c := launchConfigurable(t, s)
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var request struct {
		Method string
		Params map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal(raw, &request))
	require.Equal(t, "session/new", request.Method)
	c.mu.Lock()
	defer c.mu.Unlock()
	require.NotNil(t, c.facts.Notes, "known, if only to be empty")
	return request.Params, c.facts.Notes
}

func TestLaunch_opens_the_session_with_what_the_agent_can_use(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := profile.Profile{
		AdditionalDirectories: []string{dir},
		MCPServers:            []profile.MCPServer{{Name: "files", Command: []string{"/bin/cat"}}, {Name: "web", URL: "https://example.com/mcp"}},
	}
	params, notes := open(t, p, "1", `{"mcpCapabilities":{"http":true},"sessionCapabilities":{"additionalDirectories":{}}}`)
	require.JSONEq(t, `["`+dir+`"]`, string(params["additionalDirectories"]))
	require.JSONEq(t, `[{"name":"files","command":"/bin/cat","args":[],"env":[]},{"type":"http","name":"web","url":"https://example.com/mcp","headers":[]}]`, string(params["mcpServers"]))
	require.Empty(t, notes)

	params, notes = open(t, p, "1", `{"sessionCapabilities":{"additionalDirectories":null}}`)
	require.NotContains(t, params, "additionalDirectories")
	require.JSONEq(t, `[{"name":"files","command":"/bin/cat","args":[],"env":[]}]`, string(params["mcpServers"]))
	require.Len(t, notes, 2)
	require.Contains(t, notes[0], `"web" is left out, since the agent cannot use servers of type http`)
	require.Contains(t, notes[1], "additional directories are left out")

	params, notes = open(t, p, "2", `{"session":{"mcp":{"stdio":{}},"additionalDirectories":{}}}`)
	require.Contains(t, params, "additionalDirectories")
	require.JSONEq(t, `[{"type":"stdio","name":"files","command":"/bin/cat","args":[],"env":[]}]`, string(params["mcpServers"]))
	require.Len(t, notes, 1)

	params, _ = open(t, profile.Profile{}, "1", `{}`)
	require.Equal(t, "[]", string(params["mcpServers"]))
}
