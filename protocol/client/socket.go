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

// maxMessage is what one message of the server may have, in bytes. The server
// bounds an event and what it puts into one message far below that.
const maxMessage = 64 << 20

// socket is a WebSocket that has been welcomed.
type socket struct {
	conn  *websocket.Conn
	alive func()
	lines [][]byte // of the last message, still to be read
}

// handshakeError says that no WebSocket could be had, which says nothing about
// other ways to the same server.
type handshakeError struct{ cause error }

func (e *handshakeError) Error() string { return e.cause.Error() }
func (e *handshakeError) Unwrap() error { return e.cause }

// openSocket dials and says hello. Errors: *handshakeError, *refusal, or that
// the connection broke.
func openSocket(ctx context.Context, l Link, o Options, hello protocol.Request, alive func()) (transport, *protocol.Welcome, error) {
	conn, err := dial(ctx, l, o, alive)
	if err != nil {
		return nil, nil, err
	}
	s := &socket{conn: conn, alive: alive}
	welcome, err := s.greet(ctx, hello)
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

// handshakeFailed tells a server that refuses this client from one, or from
// something in between, that has no WebSocket.
func handshakeFailed(response *http.Response, err error) error {
	if response == nil || response.Body == nil {
		return &handshakeError{err}
	}
	body, readErr := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if readErr != nil {
		return &handshakeError{err}
	}
	e := errorOf(body)
	if e == nil {
		return &handshakeError{err}
	}
	switch e.answer.Code {
	case protocol.CodeNotFound, protocol.CodeMethodNotAllowed, protocol.CodeInvalidRequest:
		return &handshakeError{e}
	}
	return e
}

// errorOf reads an error's body, or returns nil where it is none.
func errorOf(body []byte) *refusal {
	var e protocol.ErrorBody
	if json.Unmarshal(body, &e) != nil || e.Code == "" {
		return nil
	}
	wire := protocol.WireError{Code: e.Code, Message: e.Error, Retryable: e.Retryable, RetryAfterMS: e.RetryAfterMS}
	return &refusal{wire.Err(), e.Retryable}
}

// greet sends the first command and waits for its answer. What may come before
// it is for an older connection's eyes, and dropped.
func (s *socket) greet(ctx context.Context, hello protocol.Request) (*protocol.Welcome, error) {
	line, err := protocol.EncodeRequest(hello)
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
		return nil, errors.Join(errNotUnderstood, err)
	}
	return m, nil
}

var errNotUnderstood = errors.New("the server said what this version does not understand")

func (s *socket) send(ctx context.Context, line []byte) (protocol.ServerMessage, error) {
	if err := s.conn.Write(ctx, websocket.MessageText, line); err != nil {
		return nil, fmt.Errorf("send command: %w", err)
	}
	return nil, nil
}

func (s *socket) close() { _ = s.conn.CloseNow() }
