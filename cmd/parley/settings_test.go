package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_takes_settings_from_flags_the_environment_and_a_file(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, data, address := filepath.Join(dir, "parley.yaml"), filepath.Join(dir, "data"), e2e.FreeAddress(t)
	require.NoError(t, os.WriteFile(file, []byte(`
listen: 192.0.2.1:1
data: `+data+`
log-level: error
log-format: json
allow-origin: [https://chat.example.com, https://other.example.com]
insecure-open: true
agents:
  - name: long
    description: described in detail
    command: [parley, demo-agent, --pace, 1ms]
    env: {GREETING: hello}
`), 0o600))
	p := e2e.Start(t, e2e.Command{
		Args: []string{"serve", "--listen", address, "--agent", "short=parley demo-agent"},
		Env:  []string{"PARLEY_CONFIG=" + file, "PARLEY_LOG_LEVEL=info", "PARLEY_LISTEN=192.0.2.2:2"},
	})
	api := e2e.API{URL: p.Stderr.Await(t, `"msg":"parley is ready: ([^"]+)"`)[1]}
	require.Equal(t, "http://"+address, api.URL, "the flag takes precedence")
	agents := e2e.MustCall[protocol.AgentsAnswer](t, api, e2e.Request{Method: http.MethodGet, Path: "/api/agents"}).Agents
	for i := range agents {
		agents[i].Cwd, agents[i].OtherCwd = "", false // depend on where the test runs
	}
	require.Contains(t, agents, protocol.AgentProfile{Name: "long", Description: "described in detail", Source: protocol.SourceConfigured})
	require.Contains(t, agents, protocol.AgentProfile{Name: "short", Source: protocol.SourceConfigured})
	require.NotEmpty(t, api.StartAgent(t, "long"))
	require.FileExists(t, filepath.Join(data, "token.key"), "the file counts if nothing else is set")
	for origin, want := range map[string]int{"https://other.example.com": http.StatusNotFound, "https://evil.example.com": http.StatusForbidden} {
		require.Equal(t, want, statusForOrigin(t, api, origin), origin)
	}
	p.Signal(t, syscall.SIGTERM)
	require.Zero(t, p.ExitCode(t), p.Stderr)
}

// statusForOrigin makes a call as a web page of an origin makes it, for an agent that does
// not exist.
func statusForOrigin(t *testing.T, api e2e.API, origin string) int {
	t.Helper()
	body := strings.NewReader(`{"agent":"nobody"}`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, api.URL+"/api/sessions", body)
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", origin)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer http.DefaultClient.CloseIdleConnections()
	defer response.Body.Close()
	return response.StatusCode
}
