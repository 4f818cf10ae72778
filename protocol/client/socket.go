package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/coder/websocket"

	"parley/protocol"
)

// maxMessage bounds a message of the server, in bytes. The server's own bounds are far
// below it.
const maxMessage = 64 << 20

// socket is a [transport] over a WebSocket.
type socket struct {
	conn  *websocket.Conn
	alive func()   // called for each message and ping
	lines [][]byte // of the last message, not yet received
}

// handshakeError says that the WebSocket handshake failed. Plain requests to the same
// server may still work.
type handshakeError struct{ cause error }

// Error returns the cause.
func (e *handshakeError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *handshakeError) Unwrap() error { return e.cause }

// openSocket dials and sends the first command. Errors: a *handshakeError, a *refusal, or
// an error of the connection.
func openSocket(ctx context.Context, l Link, o Options, first protocol.Request, alive func()) (transport, *protocol.Welcome, error) {
	conn, err := dial(ctx, l, o, alive)
	if err != nil {
		return nil, nil, err
	}
	s := &socket{conn: conn, alive: alive}
	welcome, err := s.start(ctx, first)
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, welcome, nil
}

func dial(ctx context.Context, l Link, o Options, alive func()) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, o.HandshakeTimeout/2)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, l.socketURL(), &websocket.DialOptions{
		HTTPClient:   o.HTTPClient,
		Subprotocols: []string{protocol.Subprotocol},
		OnPingReceived: func(context.Context, []byte) bool {
			alive()
			return true
		},
	})
	if err != nil {
		return nil, handshakeFailed(response, err)
	}
	conn.SetReadLimit(maxMessage)
	return conn, nil
}

// handshakeFailed returns a *refusal if the server refused this client, and a
// *handshakeError if the server or a proxy does not support WebSockets.
func handshakeFailed(response *http.Response, err error) error {
	if response == nil || response.Body == nil {
		return &handshakeError{err}
	}
	body, readErr := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if readErr != nil {
		return &handshakeError{err}
	}
	e := refusalOf(body)
	if e == nil {
		return &handshakeError{err}
	}
	switch e.answer.Code {
	case protocol.CodeNotFound, protocol.CodeMethodNotAllowed, protocol.CodeInvalidRequest:
		return &handshakeError{e}
	}
	return e
}

// refusalOf decodes the body of an error. It returns nil for another body.
func refusalOf(body []byte) *refusal {
	var e protocol.ErrorBody
	if json.Unmarshal(body, &e) != nil || e.Code == "" {
		return nil
	}
	wire := protocol.WireError{Code: e.Code, Message: e.Error, Retryable: e.Retryable, RetryAfterMS: e.RetryAfterMS, Field: e.Field}
	answer := wire.Err()
	answer.AuthMethods = e.AuthMethods
	return &refusal{answer, e.Retryable}
}

// start sends the first command and waits for its answer. It drops other messages before
// the answer.
func (s *socket) start(ctx context.Context, first protocol.Request) (*protocol.Welcome, error) {
	line, err := protocol.EncodeRequest(first)
	if err != nil {
		return nil, err
	}
	if err := s.conn.Write(ctx, websocket.MessageText, line); err != nil {
		return nil, err
	}
	for {
		m, err := s.receive(ctx)
		if err != nil {
			return nil, err
		}
		switch m := m.(type) {
		case *protocol.WelcomeMessage:
			return &m.Payload, nil
		case *protocol.ErrorMessage:
			return nil, &refusal{m.Error.Err(), m.Error.Retryable}
		}
	}
}

func (s *socket) kind() Transport { return WebSocket }

func (s *socket) receive(ctx context.Context) (protocol.ServerMessage, error) {
	for len(s.lines) == 0 {
		_, message, err := s.conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		s.alive()
		for line := range protocol.SplitLines(message) {
			s.lines = append(s.lines, line)
		}
	}
	line := s.lines[0]
	s.lines = s.lines[1:]
	m, err := protocol.DecodeServer(line)
	if err != nil {
		return nil, errors.Join(errBadMessage, err)
	}
	return m, nil
}

var errBadMessage = errors.New("the server sent a message that this version cannot decode")

func (s *socket) send(ctx context.Context, line []byte) (protocol.ServerMessage, error) {
	if err := s.conn.Write(ctx, websocket.MessageText, line); err != nil {
		return nil, fmt.Errorf("send command: %w", err)
	}
	return nil, nil
}

func (s *socket) close() { _ = s.conn.CloseNow() }
