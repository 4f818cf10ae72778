package web_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

const handshake = "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

// The number of connections on which unknown clients begin something and do not
// finish it is bounded. They disturb neither participants nor new clients.
func TestConnections_that_unknown_clients_keep_waiting_are_bounded(t *testing.T) {
	for name, begin := range map[string]func(s *session) string{
		"without a byte":     func(*session) string { return "" },
		"half a header":      func(s *session) string { return "GET " + s.path("") + " HTTP/1.1\r\nHost: loc" },
		"half a handshake":   func(s *session) string { return "GET " + s.path("/ws") + " HTTP/1.1\r\n" + handshake },
		"a silent WebSocket": func(s *session) string { return "GET " + s.path("/ws") + " HTTP/1.1\r\n" + handshake + "\r\n" },
		"a WebSocket that only pings": func(s *session) string {
			return "GET " + s.path("/ws") + " HTTP/1.1\r\n" + handshake + "\r\n" + string(frame(text, commandLine("1", "ping", nil)))
		},
		"half a body": func(s *session) string {
			return "POST " + s.path("/messages") + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
		},
		"a body that no handler reads": func(s *session) string {
			return "GET " + s.path("") + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
		},
		"idle after a request": func(*session) string { return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" },
		"half a second request": func(*session) string {
			return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nHo"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const limit = 5
			w := newWorld(t, func(s *setup) { s.web.MaxUnfinished = limit })
			s := w.share(protocol.ModeCommentOnly)
			host, _ := s.connect(s.Host)
			gil := s.join("gil", protocol.RoleCollaborator)
			es := s.stream(gil, "")
			var open atomic.Int32
			for range 4 * limit {
				w.stall(t, begin(s), &open)
			}
			require.Eventually(t, func() bool { return open.Load() <= limit }, testTimeout, 10*time.Millisecond)
			s.say(gil, "participants go on")
			es.until(protocol.EventMessageCreated)
			host.send(commandLine("1", "ping", nil))
			require.Equal(t, &protocol.PongMessage{ID: "1"}, host.answer())
			s.connect(s.join("ida", protocol.RoleViewer))
		})
	}
}

// stall opens a connection that sends only this, and counts it in open until the
// server has closed it.
func (w *world) stall(t *testing.T, sends string, open *atomic.Int32) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(t, err)
	open.Add(1)
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	_, _ = fmt.Fprint(conn, sends) // the server may have closed it
	go func() {
		defer close(done)
		defer open.Add(-1)
		var b [512]byte
		for err := error(nil); err == nil; {
			_, err = conn.Read(b[:])
		}
	}()
}

func TestConnections_a_WebSocket_that_makes_room_receives_a_close_code(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.MaxUnfinished = 1 })
	s := w.share(protocol.ModeCommentOnly)
	// A close frame is left out while another write is in progress, as the answer to the
	// ping may be for a moment after it has arrived.
	for start, code := time.Now(), websocket.StatusCode(0); code != protocol.CloseTryAgain; {
		require.Less(t, time.Since(start), testTimeout)
		c := w.dial(s.ID)
		c.send(commandLine("1", "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: "1"}, c.answer()) // the server reads from it
		var open atomic.Int32
		w.stall(t, "GET / HTTP", &open)
		_, err := c.read()
		code = websocket.CloseStatus(err)
	}
}

// A server whose connections are all taken by participants refuses further ones with
// a reason, and accepts them again when a connection has ended.
func TestConnections_are_bounded_in_total(t *testing.T) {
	const limit = 6
	w := newWorld(t, func(s *setup) { s.web.MaxOpen = limit })
	s := w.share(protocol.ModeCommentOnly)
	gil := s.join("gil", protocol.RoleCollaborator)
	for range 2 * limit { // closed connections do not count
		c, _ := s.connect(s.Host)
		_ = c.conn.CloseNow()
		s.stream(gil, "").close()
	}
	var open atomic.Int32
	for range 2 * limit {
		w.stall(t, "GET / HTTP", &open)
	}
	w.client.CloseIdleConnections()
	sockets := make([]*wsClient, limit)
	for i := range sockets {
		sockets[i], _ = s.connect(s.Host) // each replaces a connection that only waits
	}
	require.Eventually(t, func() bool { return open.Load() == 0 }, testTimeout, 10*time.Millisecond)

	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode)
	require.Equal(t, "1", res.Header.Get("Retry-After"))
	var body protocol.ErrorBody
	require.NoError(t, json.NewDecoder(res.Body).Decode(&body))
	require.Equal(t, protocol.CodeRateLimited, body.Code)

	for _, c := range sockets {
		c.send(commandLine("1", "ping", nil))
		require.Equal(t, &protocol.PongMessage{ID: "1"}, c.answer(), "participants keep their connections")
	}
	_ = sockets[0].conn.CloseNow()
	require.Eventually(t, func() bool {
		res, err := w.client.Get(w.url + "/healthz")
		if err == nil {
			_ = res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusOK
	}, testTimeout, 10*time.Millisecond)
}
