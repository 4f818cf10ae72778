package web_test

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// The lists of the original API have no pages. They are read from the journal as fast
// as the client receives them, so a client that does not read takes little memory.
func TestContract_lists_that_nobody_reads_take_little_memory(t *testing.T) {
	const said, size, clients = 15, 32_000, 12
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	text := strings.Repeat("\x02", size-1) + "x" // each takes six bytes of JSON
	for range said {
		s.say(s.Host, text)
		s.resolve(s.prompt(gil, text).ID, "reject")
	}
	var messages protocol.MessagesAnswer
	w.call("GET", s.path("/messages"), nil).ok(http.StatusOK, &messages)
	require.Len(t, messages.Messages, 2*said)
	var state protocol.StateAnswer
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
	require.Len(t, state.Approvals, said)
	messages, state = protocol.MessagesAnswer{}, protocol.StateAnswer{}

	before := inUse()
	for i := range clients {
		conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(testTimeout)))
		require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1))
		_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", s.path([]string{"", "/messages"}[i%2]))
		require.NoError(t, err)
		var begun [1]byte
		_, err = conn.Read(begun[:])
		require.NoError(t, err)
	}
	const all = clients * said * size * 6
	require.Eventually(t, func() bool { return inUse()-before < all/2 }, testTimeout, 50*time.Millisecond)
}

// WebSockets that request much and read nothing take no more than the memory of all
// connections, and others can connect.
func TestSocket_clients_that_never_read_stay_within_the_budget(t *testing.T) {
	const budget, clients = 6 << 20, 30
	w := newWorld(t, func(s *setup) { s.hub.MaxBacklogs, s.sends = budget, 16<<10 })
	s := w.share(protocol.ModeCommentOnly)
	for range 40 {
		s.say(s.Host, strings.Repeat("x", 32_000)) // more than a welcome holds
	}
	before := inUse()
	for i := range clients {
		c := s.connectUnread(t)
		line := commandLine("1", "join", object{"inviteToken": s.Invite, "userId": fmt.Sprint("guest", i), "recent": 200})
		_, err := c.Write(frame(text, line))
		require.NoError(t, err)
		var begun [1]byte
		_, _ = c.Read(begun[:]) // the answer has begun, or the connection has ended
	}
	require.Eventually(t, func() bool { return inUse()-before < 3*budget }, testTimeout, 50*time.Millisecond)
	host, _ := s.connect(s.Host, object{"recent": 200})
	host.send(commandLine("1", "ping", nil))
	require.Equal(t, &protocol.PongMessage{ID: "1"}, host.answer())
}

// dialUnread opens a connection with a tiny receive buffer.
func (w *world) dialUnread(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(testTimeout)))
	require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1))
	return conn
}

// connectUnread opens a WebSocket with a tiny receive buffer.
func (s *session) connectUnread(t *testing.T) net.Conn {
	t.Helper()
	conn := s.w.dialUnread(t)
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", s.path("/ws"))
	require.NoError(t, err)
	for end, b := "", make([]byte, 1); !strings.HasSuffix(end, "\r\n\r\n"); end += string(b) {
		_, err = conn.Read(b)
		require.NoError(t, err)
	}
	return conn
}

// inUse returns how much memory is in use. The second collection frees what pools
// hold.
func inUse() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Answers over plain HTTP count like what waits for a WebSocket: clients that request
// much and read nothing are cut off before memory runs out.
func TestContract_answers_that_nobody_reads_stay_within_the_budget(t *testing.T) {
	const budget, clients = 4 << 20, 24
	w := newWorld(t, func(s *setup) { s.hub.MaxBacklogs, s.sends = budget, 16<<10 })
	s := w.share(protocol.ModeCommentOnly)
	for range 40 {
		s.say(s.Host, strings.Repeat("x", 32_000)) // more than a page holds
	}
	before := inUse()
	host := fmt.Sprintf("Host: localhost\r\nAuthorization: Bearer %s\r\nParley-Participant: %s\r\n", s.Host.Token, s.Host.ID)
	history := commandLine("1", "history", object{"limit": 500})
	for i := range clients {
		c := w.dialUnread(t)
		ask := fmt.Sprintf("GET %s HTTP/1.1\r\n%s\r\n", s.path("/archive"), host)
		if i%2 == 0 {
			ask = fmt.Sprintf("POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", s.path("/commands"), host, len(history), history)
		}
		_, err := c.Write([]byte(ask))
		require.NoError(t, err)
		var begun [1]byte
		_, _ = c.Read(begun[:]) // the answer has begun, or the connection was cut off
	}
	require.Eventually(t, func() bool { return inUse()-before < 3*budget }, testTimeout, 50*time.Millisecond)
	for range 2 {
		w.call("GET", s.path("/archive?limit=1"), nil, "Authorization", "Bearer "+s.Host.Token, "Parley-Participant", s.Host.ID).ok(http.StatusOK, &protocol.ArchiveAnswer{})
	}
}
