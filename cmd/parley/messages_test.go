package main

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
)

// postMessage sends a message, whose text is its command id too, and returns the text.
func postMessage(t *testing.T, s e2e.Session, text string) string {
	t.Helper()
	answer, err := s.PostMessage(t.Context(), s.Host, text, text)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status, "%s", answer.Body)
	return text
}

// requireUnavailable checks that a message is refused temporarily, over REST and at the
// command endpoint.
func requireUnavailable(t *testing.T, s e2e.Session, key, text string) {
	t.Helper()
	answer, err := s.PostMessage(t.Context(), s.Host, key, text)
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, answer.Status)
	require.Equal(t, protocol.CodeJournalUnavailable, answer.ErrorCode())
	line, err := protocol.EncodeRequest(protocol.Request{ID: key, Command: &protocol.Chat{Text: text}})
	require.NoError(t, err)
	answer, err = s.Call(t.Context(), e2e.Request{Method: http.MethodPost, Path: s.Path("/commands"), As: s.Host, Body: json.RawMessage(line)})
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, answer.Status)
	require.Contains(t, string(answer.Body), `"code":"JOURNAL_UNAVAILABLE"`)
	require.Contains(t, string(answer.Body), `"retryable":true`)
}
