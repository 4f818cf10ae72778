package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// lateResponses are requests, by name, whose response begins late.
var lateResponses = map[string]struct {
	path    func(s *session) string
	headers string
	status  int
	then    func(t *testing.T, r *bufio.Reader)
}{
	"a handshake": {
		func(s *session) string { return s.path("/ws") },
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
		http.StatusSwitchingProtocols,
		func(t *testing.T, r *bufio.Reader) {
			frame, err := r.Peek(4)
			require.NoError(t, err)
			const final, closing = 0x80, 0x8
			require.EqualValues(t, final|closing, frame[0], "the client has not joined")
			require.EqualValues(t, protocol.CloseNoCommandInTime, int(frame[2])<<8|int(frame[3]))
		},
	},
	"a read": {
		func(s *session) string { return s.path("/events?" + s.Host.query()) },
		"", http.StatusOK,
		func(t *testing.T, r *bufio.Reader) {
			line, err := r.ReadString('}')
			require.NoError(t, err)
			require.Contains(t, line, `{"events"`)
		},
	},
	"a stream": {
		func(s *session) string { return s.path("/stream?" + s.Host.query()) },
		"", http.StatusOK,
		func(t *testing.T, r *bufio.Reader) {
			line, err := r.ReadString('\n')
			require.NoError(t, err)
			require.Contains(t, line, "id: ")
		},
	},
}

// A handler that answers only after net/http's write time-out of the request still
// writes its header, and writes it first.
func TestResponse_that_begins_after_the_write_timeout_is_written(t *testing.T) {
	const wait = time.Second
	for name, tc := range lateResponses {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t, func(s *setup) { s.web.WriteTimeout = wait })
				s := w.share(protocol.ModeCommentOnly)
				w.delayRequests(3 * wait)
				conn, err := w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
				require.NoError(t, err)
				defer conn.Close()
				_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", tc.path(s), tc.headers)
				require.NoError(t, err)
				r := bufio.NewReader(conn)
				res, err := http.ReadResponse(r, nil)
				require.NoError(t, err)
				require.Equal(t, tc.status, res.StatusCode)
				if tc.status == http.StatusOK {
					r = bufio.NewReader(res.Body)
				}
				tc.then(t, r)
				_ = conn.Close()
				w.delayRequests(0)
				w.stop()
			})
		})
	}
}

// A connection to which the header cannot be written receives nothing else.
func TestHandshake_whose_response_cannot_be_written_closes_the_connection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, func(s *setup) { s.web.WriteTimeout = time.Second })
		s := w.share(protocol.ModeCommentOnly)
		conn, err := w.client.Transport.(*http.Transport).DialContext(t.Context(), "", "")
		require.NoError(t, err)
		defer conn.Close()
		_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", s.path("/ws"))
		require.NoError(t, err)
		<-time.After(2 * time.Second) // the pipe has no buffer, and the client does not read
		written, err := io.ReadAll(conn)
		require.NoError(t, err)
		require.Empty(t, written)
		w.stop()
	})
}
