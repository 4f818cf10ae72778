package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_offers_an_agent_that_is_installed_later(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	s := e2e.ServerConfig{
		Data: t.TempDir(), Env: []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")},
	}.Start(t)
	start := func() e2e.Response {
		body := map[string]string{"agent": "auggie"}
		r, err := s.Call(t.Context(), e2e.Request{Method: http.MethodPost, Path: "/api/sessions", Body: body})
		require.NoError(t, err)
		return r
	}
	agents := func() protocol.AgentsAnswer {
		return e2e.MustCall[protocol.AgentsAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/agents"})
	}
	isMissing := func(m protocol.MissingAgent) bool { return m.Name == "auggie" }
	require.True(t, slices.ContainsFunc(agents().Missing, isMissing))
	refused := start()
	require.Equal(t, http.StatusNotFound, refused.Status)
	require.Contains(t, string(refused.Body), "Auggie is not installed on the server; install it with: npm install -g @augmentcode/auggie")

	script := "#!/bin/sh\nexec parley demo-agent --pace 0s\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "auggie"), []byte(script), 0o700))
	require.Eventually(t, func() bool { return start().Status == http.StatusCreated }, e2e.Timeout, 100*time.Millisecond)
	require.False(t, slices.ContainsFunc(agents().Missing, isMissing))
	s.Stop(t)
}
