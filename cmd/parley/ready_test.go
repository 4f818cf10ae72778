package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestServe_refuses_commands_and_is_not_ready_once_its_files_are_gone(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, data string){
		"when the directory is removed": removeAll,
		"when the log is removed": func(t *testing.T, data string) {
			require.NoError(t, os.Remove(filepath.Join(data, "journal.db-wal")))
		},
		"when the directory is restored from a backup": func(t *testing.T, data string) {
			backup := e2e.CopyData(t, data)
			removeAll(t, data)
			require.NoError(t, os.CopyFS(data, os.DirFS(backup)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			s := e2e.StartServer(t, data)
			session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
			postMessage(t, session, "one")
			requireReady(t, s, http.StatusOK, `"ok"`)
			lose(t, data)
			requireReady(t, s, http.StatusServiceUnavailable, "restart the server")
			requireUnavailable(t, session, "two", "two")
			s.Stderr.Await(t, "restart the server")
		})
	}
}

// removeAll removes a directory in which the server may still create files.
func removeAll(t *testing.T, dir string) {
	t.Helper()
	require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, 10*time.Second, 10*time.Millisecond)
}

// requireReady waits until the readiness endpoint has the given answer.
func requireReady(t *testing.T, s *e2e.Server, status int, body string) {
	t.Helper()
	var last e2e.Response
	defer func() { t.Logf("last: %d %s", last.Status, last.Body) }()
	require.Eventually(t, func() bool {
		answer, err := s.Call(t.Context(), e2e.Request{Path: "/readyz"})
		last = answer
		return err == nil && answer.Status == status && bytes.Contains(answer.Body, []byte(body))
	}, e2e.Timeout, 20*time.Millisecond)
}
