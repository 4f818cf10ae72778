package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// wsClient is one WebSocket connection of a test.
type wsClient struct {
	t      testing.TB
	conn   *websocket.Conn
	ctx    context.Context
	queued [][]byte // lines of the last message that were not returned yet
	counts []int    // lines of each message
}

// dial opens a connection to a session and sends nothing.
func (w *world) dial(session string, header ...string) *wsClient {
	w.t.Helper()
	c, _, err := w.tryDial(session, []string{protocol.Subprotocol}, header...)
	require.NoError(w.t, err)
	return c
}

func (w *world) tryDial(session string, subprotocols []string, header ...string) (*wsClient, *http.Response, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), w.testTimeout)
	w.t.Cleanup(cancel)
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, res, err := websocket.Dial(ctx, w.url+sharedAPI+"/"+session+"/ws",
		&websocket.DialOptions{HTTPClient: w.client, HTTPHeader: h, Subprotocols: subprotocols})
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(-1)
	w.t.Cleanup(func() { _ = conn.CloseNow() })
	return &wsClient{t: w.t, conn: conn, ctx: ctx}, res, nil
}

// send sends lines as one message.
func (c *wsClient) send(lines ...string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.Write(c.ctx, websocket.MessageText, []byte(strings.Join(lines, "\n"))))
}

func commandLine(id, kind string, payload any) string {
	line, err := json.Marshal(object{"id": id, "type": kind, "payload": payload})
	if err != nil {
		panic(err)
	}
	return string(line)
}

// read returns the next line or the error that ended the connection.
func (c *wsClient) read() (protocol.ServerMessage, error) {
	for len(c.queued) == 0 {
		kind, message, err := c.conn.Read(c.ctx)
		if err != nil {
			return nil, err
		}
		require.Equal(c.t, websocket.MessageText, kind)
		for line := range protocol.SplitLines(message) {
			c.queued = append(c.queued, line)
		}
		c.counts = append(c.counts, len(c.queued))
	}
	line := c.queued[0]
	c.queued = c.queued[1:]
	if isAgentsOwn(string(line)) {
		return c.read()
	}
	m, err := protocol.DecodeServer(line)
	require.NoError(c.t, err, string(line))
	return m, nil
}

// next returns the next line that is not ephemeral.
func (c *wsClient) next() protocol.ServerMessage {
	c.t.Helper()
	for {
		m, err := c.read()
		require.NoError(c.t, err)
		switch m.(type) {
		case *protocol.PresenceMessage, *protocol.TypingMessage:
			continue
		}
		return m
	}
}

// answer returns the next line that is not an event either: the agent's events have
// no fixed time.
func (c *wsClient) answer() protocol.ServerMessage {
	c.t.Helper()
	for {
		m := c.next()
		if _, event := m.(*protocol.Event); !event {
			return m
		}
	}
}

func (c *wsClient) welcome() protocol.Welcome {
	c.t.Helper()
	m := c.next()
	w, ok := m.(*protocol.WelcomeMessage)
	require.True(c.t, ok, "%#v", m)
	return w.Payload
}

func (c *wsClient) fails(id string, code protocol.Code) protocol.WireError {
	c.t.Helper()
	m := c.next()
	e, ok := m.(*protocol.ErrorMessage)
	require.True(c.t, ok, "%#v", m)
	require.Equal(c.t, code, e.Error.Code, e.Error.Message)
	require.Equal(c.t, id, e.ID)
	return e.Error
}

func (c *wsClient) ok(id string) *protocol.OKMessage {
	c.t.Helper()
	m := c.answer()
	ok, is := m.(*protocol.OKMessage)
	require.True(c.t, is, "%#v", m)
	require.Equal(c.t, id, ok.ID)
	return ok
}

// event returns the next event and skips answers.
func (c *wsClient) event() *protocol.Event {
	c.t.Helper()
	for {
		switch m := c.next().(type) {
		case *protocol.Event:
			return m
		case *protocol.ErrorMessage:
			require.Failf(c.t, "an error", "%#v", m.Error)
		}
	}
}

// closed requires that the server closes with this code, after any lines.
func (c *wsClient) closed(code int) {
	c.t.Helper()
	for {
		if _, err := c.read(); err != nil {
			require.Equal(c.t, websocket.StatusCode(code), websocket.CloseStatus(err), "%v", err)
			return
		}
	}
}

// connect resumes as p, and returns the welcome.
func (s *session) connect(p person, more ...object) (*wsClient, protocol.Welcome) {
	s.w.t.Helper()
	payload := object{"participantId": p.ID, "participantToken": p.Token}
	for _, m := range more {
		for k, v := range m {
			payload[k] = v
		}
	}
	c := s.w.dial(s.ID)
	c.send(commandLine("r", "resume", payload))
	return c, c.welcome()
}
