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
	h := edge(web.Options{Logger: zap.New(core)})

	t.Run("a request is one line, with the path and no query", func(t *testing.T) {
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
	t.Run("a panic of a handler is answered, and logged with its stack", func(t *testing.T) {
		w := serve(h, request("GET", "/api/agents", "")) // the handler panics without a launcher
		requireCode(t, w, protocol.CodeInternal)
		require.NotContains(t, w.Body.String(), "nil pointer")
		panics := logs.FilterLevelExact(zap.ErrorLevel).TakeAll()
		require.Len(t, panics, 1)
		require.Contains(t, panics[0].ContextMap()["stack"], "agents")
	})
}

func TestProbes(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		w.call("GET", path, nil).ok(http.StatusOK, nil)
	}
	require.NoError(t, w.server.Shutdown(t.Context()))
	w.call("GET", "/healthz", nil).ok(http.StatusOK, nil)
	w.call("GET", "/readyz", nil).fails(protocol.CodeJournalUnavailable)

	t.Run("a server whose hub has stopped is healthy and not ready", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.hub.Stop(t.Context()))
		w.call("GET", "/healthz", nil).ok(http.StatusOK, nil)
		w.call("GET", "/readyz", nil).fails(protocol.CodeJournalUnavailable)
	})
}
