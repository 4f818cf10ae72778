package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// otherClient is a WebSocket client by another library than the server's, over a
// socket with a small buffer.
type otherClient struct {
	t     *testing.T
	conn  *websocket.Conn
	pongs int
	lines [][]byte
}

func (s *session) connectOther(t *testing.T, p person) *otherClient {
	t.Helper()
	d := websocket.Dialer{
		Subprotocols: []string{protocol.Subprotocol},
		NetDial: func(network, address string) (net.Conn, error) {
			conn, err := net.Dial(network, address)
			if err == nil {
				err = conn.(*net.TCPConn).SetReadBuffer(64 << 10)
			}
			return conn, err
		},
	}
	conn, res, err := d.Dial(strings.Replace(s.w.url, "http", "ws", 1)+sharedAPI+"/"+s.ID+"/ws", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, res.StatusCode)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(testTimeout)))
	c := &otherClient{t: t, conn: conn}
	conn.SetPongHandler(func(payload string) error {
		require.Equal(t, "are you there", payload)
		c.pongs++
		return nil
	})
	c.send(commandLine("r", "resume", object{"participantId": p.ID, "participantToken": p.Token}))
	require.IsType(t, &protocol.WelcomeMessage{}, c.next())
	return c
}

func (c *otherClient) send(line string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.WriteMessage(websocket.TextMessage, []byte(line)))
}

func (c *otherClient) ping() {
	c.t.Helper()
	require.NoError(c.t, c.conn.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(testTimeout)))
}

func (c *otherClient) tryNext() (protocol.ServerMessage, error) {
	c.t.Helper()
	for len(c.lines) == 0 {
		kind, message, err := c.conn.ReadMessage()
		if err != nil {
			return nil, err
		}
		require.Equal(c.t, websocket.TextMessage, kind)
		for line := range protocol.SplitLines(message) {
			c.lines = append(c.lines, line)
		}
	}
	m, err := protocol.DecodeServer(c.lines[0])
	require.NoError(c.t, err, string(c.lines[0]))
	c.lines = c.lines[1:]
	return m, nil
}

func (c *otherClient) next() protocol.ServerMessage {
	c.t.Helper()
	m, err := c.tryNext()
	require.NoError(c.t, err)
	return m
}

// Frames that are written in pieces, while pongs are due, are whole and in order, and
// the close frame is the last.
func TestSocket_Frames(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.sends, s.hub.MaxBacklog = 16<<10, 64<<20 })
	s := w.share(protocol.ModeCommentOnly)
	c := s.connectOther(t, s.join("gil", protocol.RoleViewer))
	const said = 60 // more than the buffers of both sockets hold
	text := func(i int) string { return fmt.Sprint(i, strings.Repeat("x", min(i%3, 1)*32_000)) }
	behind := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range said {
			if i == said/2 {
				close(behind)
			}
			s.say(s.Host, text(i))
		}
	}()
	<-behind
	for heard := 0; heard < said; {
		e, ok := c.next().(*protocol.Event)
		if ok && e.Type == protocol.EventMessageCreated {
			require.Equal(t, text(heard), e.Payload.(*protocol.MessageCreated).Message.Text)
			heard++
			c.ping()
		}
	}
	<-done
	for c.pongs == 0 { // pings need no answer while a write was in progress
		c.ping()
		c.send(commandLine("p", "ping", object{}))
		c.next()
	}

	w.call("DELETE", s.path(""), s.Host.with(nil)).ok(http.StatusOK, nil)
	_, err := c.tryNext()
	for err == nil {
		_, err = c.tryNext()
	}
	require.True(t, websocket.IsCloseError(err, protocol.CloseSessionEnded), "%v", err)
	rest, err := io.ReadAll(c.conn.NetConn())
	require.NoError(t, err)
	require.Empty(t, rest, "behind the close frame")
}
