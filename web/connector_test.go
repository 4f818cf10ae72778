package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// echoConnectors answers each frame with itself.
type echoConnectors struct{}

func (echoConnectors) Heartbeat() time.Duration { return testTimeout }

func (echoConnectors) Serve(ctx context.Context, conn *link.Conn, _ hub.Caller, admitted func()) {
	admitted()
	for {
		f, err := conn.Read(ctx)
		if err != nil || conn.Write(ctx, f) != nil {
			return
		}
	}
}

// dialConnector opens a connection of a connector.
func (w *world) dialConnector(subprotocols ...string) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), testTimeout)
	defer cancel()
	return websocket.Dial(ctx, w.url+"/api/connect", &websocket.DialOptions{Subprotocols: subprotocols})
}

func TestConnector_frames_of_any_size_pass(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.Connectors = echoConnectors{} })
	ws, _, err := w.dialConnector("parley.v1", connect.Subprotocol)
	require.NoError(t, err)
	require.Equal(t, connect.Subprotocol, ws.Subprotocol())
	conn := link.NewConn(ws, testTimeout)
	defer conn.Cut()
	sent := connect.Frame{Type: connect.TypeLine, Number: 1, Body: []byte(strings.Repeat("x", 5<<20))}
	require.NoError(t, conn.Write(t.Context(), sent))
	got, err := conn.Read(t.Context())
	require.NoError(t, err)
	require.Equal(t, sent, got)
}

func TestConnector_is_told_when_the_server_goes_away(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.Connectors = echoConnectors{} })
	ws, _, err := w.dialConnector(connect.Subprotocol)
	require.NoError(t, err)
	conn := link.NewConn(ws, testTimeout)
	defer conn.Cut()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.server.Shutdown(ctx) }()
	_, err = conn.Read(ctx)
	require.Equal(t, 1001, link.CloseCode(err), err)
	require.NoError(t, <-ended)
}

func TestConnector_that_says_nothing_is_cut_off(t *testing.T) {
	w := newWorld(t, func(s *setup) { s.web.Connectors = echoConnectors{} })
	ws, _, err := w.dialConnector(connect.Subprotocol)
	require.NoError(t, err)
	conn := link.NewConn(ws, time.Millisecond) // this end is the one that waits
	_, err = conn.Read(t.Context())
	require.Error(t, err)
}

func TestConnector_handshake_is_refused(t *testing.T) {
	for name, c := range map[string]struct {
		connectors bool
		protocol   string
		status     int
	}{
		"without the subprotocol":  {true, "parley.v1", http.StatusBadRequest},
		"by a server without this": {false, connect.Subprotocol, http.StatusNotFound},
	} {
		w := newWorld(t, func(s *setup) {
			if c.connectors {
				s.web.Connectors = echoConnectors{}
			}
		})
		_, response, err := w.dialConnector(c.protocol)
		require.Error(t, err, name)
		require.Equal(t, c.status, response.StatusCode, name)
	}
	w := newWorld(t, func(s *setup) { s.web.Connectors = echoConnectors{} })
	w.call("GET", "/api/connect", nil).fails("INVALID_REQUEST")
	w.call("GET", "/api/connect", nil, "Origin", "https://evil.example", "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Protocol", connect.Subprotocol).fails("ORIGIN_NOT_ALLOWED")
}
