package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

func TestDebugHandler_answers_to_names_of_this_machine_alone(t *testing.T) {
	for host, want := range map[string]int{
		"127.0.0.1:6060": http.StatusOK, "localhost:6060": http.StatusOK, "[::1]:6060": http.StatusOK,
		"rebound.example.com:6060": http.StatusForbidden, "192.0.2.1:6060": http.StatusForbidden,
	} {
		t.Run(host, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/debug/pprof/", nil)
			r.Host = host
			w := httptest.NewRecorder()
			debugHandler().ServeHTTP(w, r)
			require.Equal(t, want, w.Code)
		})
	}
}

func TestServe_profiles_the_sessions_in_memory(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--debug-listen", e2e.FreeAddress(t))
	debug := s.Profiles(t)
	require.Zero(t, debug.Usage(t).Sessions)
	session := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	require.Equal(t, 2, debug.Usage(t).Sessions, "the host session and the shared session")
	session.Cursor(t)
	s.Stop(t)
}
