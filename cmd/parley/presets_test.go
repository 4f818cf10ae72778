package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_sets_the_options_of_a_profile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "parley.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
agents:
  - name: mine
    command: [parley, demo-agent, --pace, 0s]
    mode: auto
    options: {model: large, colour: red}
    mcp-servers: [{name: old, type: sse, url: "https://example.com/sse"}]
    max-agents: 1
`), 0o600))
	s := e2e.StartServer(t, t.TempDir(), "--config", file)
	session := s.Share(t, s.StartAgent(t, "mine"), protocol.ModePromptDirect)
	host := e2e.Connect(t, session.HostLink(), "")
	_, err := host.Prompt(t.Context(), "help")
	require.NoError(t, err)
	e2e.AwaitEvent(t, host, func(*protocol.PromptDispatchCompleted) bool { return true })
	facts := e2e.MustCall[protocol.HostSessionsAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/sessions"}).Sessions[0].Facts
	require.Equal(t, "auto", facts.Option(protocol.CategoryMode).Current().Value)
	require.Equal(t, []string{
		`The MCP server "old" is left out, since the agent cannot use servers of type sse.`,
		`The option "colour" is not set, since the agent does not have it.`,
		`The option "model" is not set to "large": there is no such model.`,
	}, facts.Notes)
	body := map[string]string{"agent": "mine"}
	refused, err := s.Call(t.Context(), e2e.Request{Method: http.MethodPost, Path: "/api/sessions", Body: body})
	require.NoError(t, err)
	require.Equal(t, http.StatusTooManyRequests, refused.Status, "%s", refused.Body)
	s.Stop(t)
}
