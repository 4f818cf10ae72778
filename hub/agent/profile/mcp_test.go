package profile_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/profile"
)

func TestUsable_leaves_out_servers_that_the_agent_cannot_use(t *testing.T) {
	servers := []profile.MCPServer{
		{Name: "files", Command: []string{"/bin/sh", "-c", "true"}, Env: map[string]string{"B": "2", "A": "1"}},
		{Name: "absent", Command: []string{"no-such-program"}},
		{Name: "web", URL: "https://example.com/mcp", Headers: map[string]string{"Authorization": "Bearer x"}},
		{Name: "old", Type: "sse", URL: "https://example.com/sse"},
	}
	usable, leftOut := profile.Usable(servers, profile.MCPSupport{Stdio: true, HTTP: true})
	encoded, err := json.Marshal(usable)
	require.NoError(t, err)
	require.JSONEq(t, `[
		{"name": "files", "command": "/bin/sh", "args": ["-c", "true"], "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
		{"type": "http", "name": "web", "url": "https://example.com/mcp", "headers": [{"name": "Authorization", "value": "Bearer x"}]}
	]`, string(encoded))
	require.Equal(t, []string{
		`The MCP server "absent" is left out, since its program "no-such-program" was not found.`,
		`The MCP server "old" is left out, since the agent cannot use servers of type sse.`,
	}, leftOut)

	usable, leftOut = profile.Usable(servers, profile.MCPSupport{Stdio: true, SSE: true})
	require.Equal(t, "old", usable[1].Name)
	require.Len(t, leftOut, 2)
	none, _ := profile.Usable(nil, profile.MCPSupport{})
	encoded, err = json.Marshal(none)
	require.NoError(t, err)
	require.Equal(t, "[]", string(encoded), "the list is required")
}
