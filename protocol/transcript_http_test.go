package protocol_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// httpCalls are the requests of transcripts: a pattern of the method and path, and
// constructors of the body and of the answer; nil for none.
var httpCalls = []struct {
	pattern      string
	body, answer func() any
}{
	{`GET /api/sessions/[0-9a-f-]+`, nil, func() any { return new(protocol.HostSessionAnswer) }},
	{`DELETE /api/sessions/[0-9a-f-]+`, nil, nil},
	{`POST /api/sessions`, func() any { return new(protocol.CreateHostSession) }, func() any { return new(protocol.HostSessionAnswer) }},
	{`POST /api/shared-sessions`, func() any { return new(protocol.CreateSharedSession) }, func() any { return new(protocol.CreateAnswer) }},
	{`POST /api/agents/\w+/sessions\?.*`, func() any { return new(struct{}) }, func() any { return new(protocol.AgentSessionsAnswer) }},
}

// httpCall returns the constructors for a request, and its body.
func httpCall(t *testing.T, line transcriptLine) (newBody, newAnswer func() any, body string) {
	t.Helper()
	parts := strings.SplitN(line.text, " ", 3)
	require.GreaterOrEqual(t, len(parts), 2, "line %d", line.number)
	for _, call := range httpCalls {
		if regexp.MustCompile("^" + call.pattern + "$").MatchString(parts[0] + " " + parts[1]) {
			return call.body, call.answer, strings.Join(parts[2:], "")
		}
	}
	require.FailNow(t, "unknown request", "line %d", line.number)
	return nil, nil, ""
}

func httpRequestRoundTrips(t *testing.T, line transcriptLine) {
	t.Helper()
	newBody, _, body := httpCall(t, line)
	require.Equal(t, newBody == nil, body == "", "line %d", line.number)
	if newBody != nil {
		jsonRoundTrips(t, line, body, newBody())
	}
}

func httpResponseRoundTrips(t *testing.T, line, request transcriptLine) {
	t.Helper()
	require.Equal(t, "=>", request.mark, "line %d answers no request", line.number)
	_, newAnswer, _ := httpCall(t, request)
	text, body, _ := strings.Cut(line.text, " ")
	status, err := strconv.Atoi(text)
	require.NoError(t, err, "line %d", line.number)
	switch {
	case status >= http.StatusBadRequest:
		var e protocol.ErrorBody
		jsonRoundTrips(t, line, body, &e)
		require.Equal(t, status, protocol.Catalogue[e.Code].Status, "line %d", line.number)
	case newAnswer == nil:
		require.Equal(t, http.StatusNoContent, status, "line %d", line.number)
		require.Empty(t, body, "line %d", line.number)
	default:
		jsonRoundTrips(t, line, body, newAnswer())
	}
}

// jsonRoundTrips decodes a body, and encodes it to equal JSON.
func jsonRoundTrips(t *testing.T, line transcriptLine, body string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(into), "line %d", line.number)
	again, err := protocol.Marshal(into)
	require.NoError(t, err, "line %d", line.number)
	requireSameJSON(t, body, string(again))
}
