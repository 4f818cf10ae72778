package netio

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"parley/protocol"
)

// upgrade are the headers of a WebSocket handshake. The key is always the same,
// since this client need not tell the server from a cache.
var upgrade = http.Header{
	"Connection":             {"Upgrade"},
	"Upgrade":                {"websocket"},
	"Sec-Websocket-Version":  {"13"},
	"Sec-Websocket-Key":      {"dGhlIHNhbXBsZSBub25jZQ=="},
	"Sec-Websocket-Protocol": {"parley.v1"},
}

// Socket is the client end of a WebSocket. One goroutine may read and one other
// may send at the same time. The reader answers pings: both write whole frames, and
// a write to a connection is atomic.
type Socket struct {
	conn net.Conn
	in   *bufio.Reader

	// owned by the reader
	left  int    // bytes of the current frame that Next has not returned yet
	fin   bool   // the current frame ends its message
	held  int    // bytes that were returned and are still in the buffer
	whole []byte // the last message, reused

	out []byte // owned by send: the last frame, reused
}

// DialWebSocket opens a WebSocket at a path of a server.
func DialWebSocket(ctx context.Context, server *url.URL, path string, bufferBytes int) (*Socket, error) {
	conn, in, err := Endpoint{Server: server, Path: path, Header: upgrade}.open(ctx, http.StatusSwitchingProtocols, bufferBytes)
	if err != nil {
		return nil, err
	}
	return &Socket{conn: conn, in: in}, nil
}

// ErrRateLimited reports that the server limits how fast one client may send:
// it has refused a command, or closed a connection after it refused several.
var ErrRateLimited = errors.New("the server limits how fast one client may send: raise its --command-rate and --join-rate, or ask for a lower --rate")

// closedError reports that the server sent a close frame.
type closedError struct {
	code   int
	reason string
}

func (e *closedError) Error() string {
	if e.code == protocol.CloseRateLimited {
		return ErrRateLimited.Error()
	}
	return fmt.Sprintf("the server closed the connection with %d %s", e.code, e.reason)
}

// piece returns the next bytes of the payload of messages, which may be none. They
// are valid until the next call. last reports whether a message ends with them.
func (s *Socket) piece() (b []byte, last bool, err error) {
	_, _ = s.in.Discard(s.held)
	s.held = 0
	for begun := s.left > 0; !begun; {
		if begun, err = s.header(); err != nil {
			return nil, false, err
		}
	}
	if s.left > 0 && s.in.Buffered() == 0 {
		if _, err := s.in.Peek(1); err != nil {
			return nil, false, err
		}
	}
	b, err = s.in.Peek(min(s.left, s.in.Buffered()))
	s.held = len(b)
	s.left -= len(b)
	return b, s.fin && s.left == 0, err
}

// header reads the header of the next frame, and its payload if it is a control
// frame. data reports whether it is a data frame.
func (s *Socket) header() (data bool, err error) {
	opcode, fin, n, err := ReadFrameHeader(s.in)
	if err != nil {
		return false, err
	}
	if opcode < opClose {
		s.left, s.fin = n, fin
		return true, nil
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(s.in, payload); err != nil {
		return false, err
	}
	switch {
	case opcode == opPing:
		_, err = s.conn.Write(AppendFrame(nil, opPong, payload, true))
		return false, err
	case opcode == opClose && n >= 2:
		return false, &closedError{int(binary.BigEndian.Uint16(payload)), string(payload[2:])}
	case opcode == opClose:
		return false, io.EOF
	}
	return false, nil
}

// Message returns the next message, valid until the next read.
func (s *Socket) Message() ([]byte, error) {
	s.whole = s.whole[:0]
	for {
		b, last, err := s.piece()
		if err != nil {
			return nil, err
		}
		s.whole = append(s.whole, b...)
		if last {
			return s.whole, nil
		}
	}
}

// Next implements [Stream].
func (s *Socket) Next() ([]byte, error) {
	b, _, err := s.piece()
	return b, err
}

// Send writes one text message.
func (s *Socket) Send(message []byte) error {
	s.out = AppendFrame(s.out[:0], OpText, message, true)
	_, err := s.conn.Write(s.out)
	return err
}

// Release frees the buffer of the last message.
func (s *Socket) Release() { s.whole = nil }

// Close closes the connection without a close frame.
func (s *Socket) Close() error { return s.conn.Close() }
