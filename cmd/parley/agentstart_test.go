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

func TestServe_limits_the_start_time_of_an_agent(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "parley.yaml")
	require.NoError(t, os.WriteFile(config, []byte(`
agent-start-timeout: 4s
agents:
  - name: own
    command: [sh, -c, "echo fetching kestrel >&2; exec sleep 60"]
    start-timeout: 3s
  - name: common
    command: [sh, -c, "echo fetching kestrel >&2; exec sleep 60"]
`), 0o600))
	s := e2e.StartServer(t, t.TempDir(), "--config", config)
	for agent, limit := range map[string]string{"own": "3s", "common": "4s"} {
		answer, err := s.Call(t.Context(), e2e.Request{Method: http.MethodPost, Path: "/api/sessions",
			Body: protocol.CreateHostSession{Agent: agent}})
		require.NoError(t, err)
		require.Equal(t, protocol.CodeAgentUnavailable, answer.ErrorCode())
		require.Contains(t, string(answer.Body), "was not ready within "+limit)
		require.Contains(t, string(answer.Body), "it wrote: fetching kestrel")
	}
}
