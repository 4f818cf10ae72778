package bench

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"parley/protocol"
)

// upgrade are the headers of a WebSocket handshake. The key is always the
// same: this client does not need to tell a server from a cache.
var upgrade = http.Header{
	"Connection":             {"Upgrade"},
	"Upgrade":                {"websocket"},
	"Sec-Websocket-Version":  {"13"},
	"Sec-Websocket-Key":      {"dGhlIHNhbXBsZSBub25jZQ=="},
	"Sec-Websocket-Protocol": {"parley.v1"},
}

// socket is the client's end of a WebSocket. It costs a fraction of what a
// whole client does, so that the server is what is measured: it does not check
// what the server sends, and hands out payload in the pieces in which it comes.
// Reading is for one goroutine and sending for one. The reader answers pings; a
// connection takes each frame whole, whoever writes it.
type socket struct {
	conn net.Conn
	in   *bufio.Reader

	// owned by the reader
	left  int    // bytes of the current frame that were not yet handed out
	fin   bool   // the current frame ends its message
	held  int    // bytes that were handed out and are still in the buffer
	whole []byte // the last message, reused

	out []byte // owned by send: the last frame, reused
}

// dialSocket opens a WebSocket.
func dialSocket(ctx context.Context, server *url.URL, path string, bufferBytes int) (*socket, error) {
	conn, in, err := endpoint{server, path, upgrade}.open(ctx, http.StatusSwitchingProtocols, bufferBytes)
	if err != nil {
		return nil, err
	}
	return &socket{conn: conn, in: in}, nil
}

// closedError is the code of a close frame that the server sent.
type closedError struct {
	code   int
	reason string
}

func (e *closedError) Error() string {
	if e.code == protocol.CloseRateLimited {
		return errTooFast.Error()
	}
	return fmt.Sprintf("the server closed the connection with %d %s", e.code, e.reason)
}

// piece returns some of the payload of text messages, which may be none. It is
// valid until the next call. last tells that a message ends with it.
func (s *socket) piece() (b []byte, last bool, err error) {
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

// header reads the header of the next frame, and the whole of it if it is a
// control frame. data tells that it is none.
func (s *socket) header() (data bool, err error) {
	opcode, fin, n, err := readFrameHeader(s.in)
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
		_, err = s.conn.Write(appendFrame(nil, opPong, payload, true))
		return false, err
	case opcode == opClose && n >= 2:
		return false, &closedError{int(binary.BigEndian.Uint16(payload)), string(payload[2:])}
	case opcode == opClose:
		return false, io.EOF
	}
	return false, nil
}

// message returns a whole message, valid until the next call.
func (s *socket) message() ([]byte, error) {
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

// read implements stream.
func (s *socket) read() ([]byte, error) {
	b, _, err := s.piece()
	return b, err
}

// send writes one text message.
func (s *socket) send(message []byte) error {
	s.out = appendFrame(s.out[:0], opText, message, true)
	_, err := s.conn.Write(s.out)
	return err
}

func (s *socket) Close() error { return s.conn.Close() }
