package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// eventSource reads a stream as the standard requires. What this server does not send
// is an error.
type eventSource struct {
	t      testing.TB
	res    *http.Response
	lines  *bufio.Reader
	cancel context.CancelFunc
	last   string // the last id
}

// sseEvent is one event, or a comment.
type sseEvent struct {
	ID, Data, Comment string
	Type              protocol.EventType
	Payload           json.RawMessage
}

// stream opens a stream. query is added to the credentials.
func (s *session) stream(p person, query string, headers ...string) *eventSource {
	s.w.t.Helper()
	es := s.w.openStream(s.path("/stream?"+p.query()+query), headers...)
	require.Equal(s.w.t, http.StatusOK, es.res.StatusCode)
	return es
}

func (w *world) openStream(path string, headers ...string) *eventSource {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), w.testTimeout)
	req, err := http.NewRequestWithContext(ctx, "GET", w.url+path, nil)
	require.NoError(w.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.client.Do(req)
	require.NoError(w.t, err)
	es := &eventSource{t: w.t, res: res, lines: bufio.NewReader(res.Body), cancel: cancel}
	w.t.Cleanup(es.close)
	return es
}

func (es *eventSource) close() {
	es.cancel()
	_ = es.res.Body.Close()
}

// read returns the next event, or io.EOF after the server has ended the stream.
func (es *eventSource) read() (sseEvent, error) {
	var e sseEvent
	for {
		line, err := es.lines.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		field, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "":
			return e, nil
		case field == "":
			e.Comment = value
		case field == "id":
			e.ID = value
		case field == "data":
			require.Empty(es.t, e.Data, "one data line for each event")
			e.Data = value
		default:
			require.Fail(es.t, "unexpected line", line)
		}
	}
}

// next returns the next event. Every event repeats its id as its cursor.
func (es *eventSource) next() sseEvent {
	es.t.Helper()
	for {
		e, err := es.read()
		require.NoError(es.t, err)
		if e.Data == "" || isAgentsOwn(e.Data) {
			continue
		}
		var body struct {
			Type    protocol.EventType `json:"type"`
			Cursor  string             `json:"cursor"`
			Payload json.RawMessage    `json:"payload"`
		}
		require.NoError(es.t, json.Unmarshal([]byte(e.Data), &body), e.Data)
		require.Equal(es.t, e.ID, body.Cursor)
		require.NotEmpty(es.t, e.ID)
		e.Type, e.Payload = body.Type, body.Payload
		es.last = e.ID
		return e
	}
}

// isAgentsOwn reports whether an agent causes the event by itself, some time after its
// start.
func isAgentsOwn(event string) bool {
	return strings.HasPrefix(event, `{"type":"agent_status"`) ||
		strings.HasPrefix(event, `{"type":"host_session_update"`) && strings.Contains(event, `"available_commands_update"`)
}

// until reads up to the first event of the type, and returns all events.
func (es *eventSource) until(last protocol.EventType) []sseEvent {
	es.t.Helper()
	var all []sseEvent
	for {
		e := es.next()
		if all = append(all, e); e.Type == last {
			return all
		}
	}
}

// ends requires that the server ends the stream after events of these types.
func (es *eventSource) ends() {
	es.t.Helper()
	for {
		e, err := es.read()
		if err != nil {
			require.ErrorIs(es.t, err, io.EOF)
			return
		}
		require.Empty(es.t, e.Data, "an event after the last")
	}
}

// types lists the types of events.
func types(events []sseEvent) []protocol.EventType {
	var list []protocol.EventType
	for _, e := range events {
		list = append(list, e.Type)
	}
	return list
}
