package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProfileHandler_answers_requests_for_loopback_names_only(t *testing.T) {
	for host, want := range map[string]int{
		"127.0.0.1:6060": http.StatusOK, "localhost:6060": http.StatusOK, "[::1]:6060": http.StatusOK,
		"rebound.example.com:6060": http.StatusForbidden, "192.0.2.1:6060": http.StatusForbidden,
	} {
		t.Run(host, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/debug/pprof/", nil)
			r.Host = host
			w := httptest.NewRecorder()
			profileHandler().ServeHTTP(w, r)
			require.Equal(t, want, w.Code)
		})
	}
}
