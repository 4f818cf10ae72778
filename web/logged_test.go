package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"parley/protocol"
	"parley/web"
)

func TestLog(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	h := edge(web.Options{Logger: zap.New(core), Ready: func() error { panic("boom") }})

	t.Run("a request is one line, with its path alone", func(t *testing.T) {
		serve(h, request("POST", "/api/sessions?participantToken=s3cret-query", `{"agent":"s3cret-body"`,
			"Authorization", "Bearer s3cret-header", "Content-Type", "application/json"))
		entries := logs.TakeAll()
		require.Len(t, entries, 1)
		require.Equal(t, zap.DebugLevel, entries[0].Level)
		fields := entries[0].ContextMap()
		require.Equal(t, "POST", fields["method"])
		require.Equal(t, "/api/sessions", fields["path"])
		require.EqualValues(t, http.StatusBadRequest, fields["status"])
		require.NotContains(t, fmt.Sprint(entries[0].Message, fields), "s3cret")
	})
	t.Run("a handler that panics is answered for, and its stack is kept", func(t *testing.T) {
		w := serve(h, request("GET", "/readyz", ""))
		requireCode(t, w, protocol.CodeInternal)
		require.NotContains(t, w.Body.String(), "boom")
		panics := logs.FilterLevelExact(zap.ErrorLevel).TakeAll()
		require.Len(t, panics, 1)
		require.Contains(t, panics[0].ContextMap()["stack"], "ready")
	})
}

func TestProbes(t *testing.T) {
	t.Run("a server that is up and ready says so", func(t *testing.T) {
		h := edge(web.Options{})
		for _, path := range []string{"/healthz", "/readyz"} {
			w := serve(h, request("GET", path, ""))
			require.Equal(t, http.StatusOK, w.Code)
			require.JSONEq(t, `{"status":"ok"}`, w.Body.String())
		}
	})
	t.Run("one that cannot take commands is up but not ready", func(t *testing.T) {
		h := edge(web.Options{Ready: func() error { return fmt.Errorf("disk full on /dev/secret") }})
		require.Equal(t, http.StatusOK, serve(h, request("GET", "/healthz", "")).Code)
		w := serve(h, request("GET", "/readyz", ""))
		requireCode(t, w, protocol.CodeJournalUnavailable)
		require.NotContains(t, w.Body.String(), "secret")
	})
	t.Run("one that shuts down is not ready either", func(t *testing.T) {
		s := web.New(nil, web.Options{})
		require.NoError(t, s.Shutdown(t.Context()))
		require.Equal(t, http.StatusServiceUnavailable, serve(s, request("GET", "/readyz", "")).Code)
		require.Equal(t, http.StatusOK, serve(s, request("GET", "/healthz", "")).Code)
	})
}
