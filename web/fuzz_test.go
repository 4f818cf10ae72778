package web_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// The answer to any body is JSON. An error is of the catalogue, with its status, and
// is not INTERNAL.
func FuzzBodies(f *testing.F) {
	w := newWorld(f)
	s := w.share(protocol.ModePromptWithApproval)
	calls := []string{
		"POST " + sharedAPI, "POST " + s.path("/join"), "POST " + s.path("/leave"), "POST " + s.path("/messages"),
		"POST " + s.path("/prompts"), "POST " + s.path("/approvals/x"), "POST " + s.path("/commands"),
		"DELETE " + s.path(""), "POST /api/sessions",
	}
	bodies := []string{
		``, `{}`, `null`, `[]`, `{"agent":"unknown","permissions":"ask"}`, "\xff\xfe", strings.Repeat(`[`, 20_000),
		`{"hostSessionId":"x","hostUserId":"y","expiresInMinutes":1e999}`,
		`{"inviteToken":"x","userId":"y","role":"host","recent":-1}`,
		`{"text":"x","participantId":"x","participantToken":""}`, `{"text":"a","text":"b"}`,
		`{"prompt":"\u0000\ud800","participantId":null}`,
		`{"action":"approve","participantId":"x","participantToken":"y"}`,
		`{"id":"1","type":"chat","payload":{"text":"x"}}`,
		`{"id":"1","type":"join","payload":{"inviteToken":"","userId":"\u202e"}}`,
	}
	for call := range calls {
		for _, body := range bodies {
			f.Add(uint(call), body)
		}
	}
	f.Fuzz(func(t *testing.T, call uint, body string) {
		method, path, _ := strings.Cut(calls[call%uint(len(calls))], " ")
		answer := httptest.NewRecorder()
		w.server.ServeHTTP(answer, request(method, path, body, "Content-Type", "application/json"))
		require.Less(t, answer.Code, 500, answer.Body.String())
		require.True(t, json.Valid(answer.Body.Bytes()), answer.Body.String())
		if answer.Code < 300 {
			return
		}
		var e struct {
			Code  protocol.Code   `json:"code"`
			Error json.RawMessage `json:"error"`
		}
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &e))
		if e.Code == "" { // an error line of the protocol
			var line protocol.WireError
			require.NoError(t, json.Unmarshal(e.Error, &line))
			e.Code = line.Code
		}
		require.Equal(t, protocol.Catalogue[e.Code].Status, answer.Code)
	})
}
