package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"parley/hub"
	"parley/protocol"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
	"parley/web/internal/access"
	"parley/web/internal/guard"
	"parley/web/internal/limit"
)

// Connectors serves the connections of connectors, which run agents on other machines. It
// is safe for concurrent use.
type Connectors interface {
	// Heartbeat returns the heartbeat of connections.
	Heartbeat() time.Duration
	// Serve serves a connection, and returns when it has ended. The host session of a new
	// connector belongs to the caller. Serve calls admitted once the connector is known. The
	// server closes the connection when it shuts down.
	Serve(ctx context.Context, conn *link.Conn, by hub.Caller, admitted func())
}

// connector serves one connection of a connector.
func (s *Server) connector(w http.ResponseWriter, r *http.Request) error {
	switch {
	case s.options.Connectors == nil:
		return errNotFound
	case !guard.IsUpgrade(r) || r.Method != http.MethodGet:
		return protocol.Errorf(protocol.CodeInvalidRequest, "this path accepts WebSocket handshakes only")
	case !offersConnect(r):
		return protocol.Errorf(protocol.CodeInvalidRequest, "the subprotocol %s must be offered", connect.Subprotocol)
	}
	if err := s.live.Enter(); err != nil {
		return err
	}
	defer s.live.Leave()
	client := limit.ConnectionOf(r.Context())
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{connect.Subprotocol},
		CompressionMode:    websocket.CompressionDisabled,
		InsecureSkipVerify: true, // the guard has checked the origin
	})
	if err != nil {
		return nil // Accept has answered
	}
	defer client.Closed()
	conn := link.NewConn(ws, s.options.Connectors.Heartbeat())
	defer conn.Cut()
	client.OnReject(func() { conn.CloseLater(protocol.CloseTryAgain, limit.ErrNoRoom.Message) })
	ctx := context.WithoutCancel(r.Context())
	shutdown, cancel := s.live.WithShutdown(ctx)
	defer cancel()
	stop := context.AfterFunc(shutdown, func() { conn.CloseLater(protocol.CloseGoingAway, "the server is going away") })
	defer stop()
	defer s.live.Watch(access.ProofOf(r), conn.CloseLater)()
	s.options.Connectors.Serve(ctx, conn, s.access.Caller(r), client.Identified)
	return nil
}

// offersConnect reports whether a client offers the subprotocol of connectors.
func offersConnect(r *http.Request) bool {
	return slices.ContainsFunc(r.Header.Values("Sec-WebSocket-Protocol"), func(header string) bool {
		return slices.ContainsFunc(strings.Split(header, ","), func(name string) bool {
			return strings.EqualFold(strings.TrimSpace(name), connect.Subprotocol)
		})
	})
}
