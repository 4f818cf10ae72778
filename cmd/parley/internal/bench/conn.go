package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// endpoint is where a request goes.
type endpoint struct {
	server *url.URL
	path   string
	header http.Header
}

// open connects, sends a GET request, and returns the connection once the
// server has answered with the wanted status, with what it sent beyond that.
func (e endpoint) open(ctx context.Context, want, bufferBytes int) (net.Conn, *bufio.Reader, error) {
	conn, err := e.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(conn, bufferBytes)
	if err := e.request(conn, in, want); err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return conn, in, nil
}

func (e endpoint) dial(ctx context.Context) (net.Conn, error) {
	if e.server.Scheme == "https" {
		return (&tls.Dialer{}).DialContext(ctx, "tcp", withPort(e.server, "443"))
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", withPort(e.server, "80"))
}

func withPort(u *url.URL, port string) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (e endpoint) request(conn net.Conn, in *bufio.Reader, want int) error {
	var head strings.Builder
	fmt.Fprintf(&head, "GET %s HTTP/1.1\r\nHost: %s\r\n", e.server.Path+e.path, e.server.Host)
	_ = e.header.Write(&head) // a Builder takes everything
	head.WriteString("\r\n")
	if _, err := io.WriteString(conn, head.String()); err != nil {
		return err
	}
	status, err := readHead(in)
	if err == nil && !strings.Contains(status, fmt.Sprintf(" %d ", want)) {
		err = fmt.Errorf("GET %s was answered with %s", e.path, status)
	}
	return err
}

// readHead reads a request or an answer up to its body and returns the first
// line.
func readHead(in *bufio.Reader) (first string, err error) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			return first, nil
		}
		if first == "" {
			first = line
		}
	}
}

// upgrade are the headers of a WebSocket handshake. The key is always the
// same: this client does not need to tell a server from a cache.
var upgrade = http.Header{
	"Connection":             {"Upgrade"},
	"Upgrade":                {"websocket"},
	"Sec-Websocket-Version":  {"13"},
	"Sec-Websocket-Key":      {"dGhlIHNhbXBsZSBub25jZQ=="},
	"Sec-Websocket-Protocol": {"parley.v1"},
}

// Opcodes of RFC 6455, section 5.2.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// socket is the client's end of a WebSocket. It costs a fraction of what a
// whole client does, so that the server is what is measured: it does not check
// what the server sends, and hands out payload in the pieces in which it comes.
// Reading is for one goroutine; send is safe for concurrent use, since a
// connection writes one frame after the other.
type socket struct {
	conn net.Conn
	in   *bufio.Reader

	// owned by the reader
	left int  // bytes of the current frame that were not yet handed out
	fin  bool // the current frame ends its message
	held int  // bytes that were handed out and are still in the buffer
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
	return fmt.Sprintf("the server closed the connection with %d %s", e.code, e.reason)
}

// piece returns some of the payload of text messages. It is valid until the
// next call. last tells that a message ends with it.
func (s *socket) piece() (b []byte, last bool, err error) {
	_, _ = s.in.Discard(s.held)
	s.held = 0
	for s.left == 0 {
		if err := s.header(); err != nil {
			return nil, false, err
		}
	}
	if s.in.Buffered() == 0 {
		if _, err := s.in.Peek(1); err != nil {
			return nil, false, err
		}
	}
	b, err = s.in.Peek(min(s.left, s.in.Buffered()))
	s.held = len(b)
	s.left -= len(b)
	return b, s.fin && s.left == 0, err
}

// header reads a frame's header, and the whole of a control frame.
func (s *socket) header() error {
	opcode, fin, n, err := readFrameHeader(s.in)
	if err != nil || opcode < opClose {
		s.left, s.fin = n, fin
		return err
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(s.in, payload); err != nil {
		return err
	}
	switch {
	case opcode == opPing:
		_, err = s.conn.Write(appendFrame(nil, opPong, payload, true))
		return err
	case opcode == opClose && n >= 2:
		return &closedError{int(binary.BigEndian.Uint16(payload)), string(payload[2:])}
	case opcode == opClose:
		return io.EOF
	}
	return nil
}

// readFrameHeader reads the first bytes of a frame that is not masked.
func readFrameHeader(in *bufio.Reader) (opcode byte, fin bool, length int, err error) {
	b, err := in.Peek(2)
	if err != nil {
		return 0, false, 0, err
	}
	opcode, fin, length = b[0]&0x0f, b[0]&0x80 != 0, int(b[1]&0x7f)
	size := 2
	switch length {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if b, err = in.Peek(size); err != nil {
		return 0, false, 0, err
	}
	switch length {
	case 126:
		length = int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		length = int(binary.BigEndian.Uint64(b[2:]))
	}
	_, err = in.Discard(size)
	return opcode, fin, length, err
}

// message returns a whole message.
func (s *socket) message() ([]byte, error) {
	var whole []byte
	for {
		b, last, err := s.piece()
		if err != nil {
			return nil, err
		}
		whole = append(whole, b...)
		if last {
			return whole, nil
		}
	}
}

// send writes one text message.
func (s *socket) send(message []byte) error {
	_, err := s.conn.Write(appendFrame(nil, opText, message, true))
	return err
}

func (s *socket) Close() error { return s.conn.Close() }

// read implements stream.
func (s *socket) read() ([]byte, error) {
	b, _, err := s.piece()
	return b, err
}

// appendFrame appends a frame. Clients have to mask what they send; with a mask
// of zeros the payload stays as it is.
func appendFrame(to []byte, opcode byte, payload []byte, masked bool) []byte {
	var mask byte
	if masked {
		mask = 0x80
	}
	to = append(to, 0x80|opcode)
	switch n := len(payload); {
	case n < 126:
		to = append(to, mask|byte(n))
	case n < 1<<16:
		to = append(to, mask|126)
		to = binary.BigEndian.AppendUint16(to, uint16(n))
	default:
		to = append(to, mask|127)
		to = binary.BigEndian.AppendUint64(to, uint64(n))
	}
	if masked {
		to = append(to, 0, 0, 0, 0)
	}
	return append(to, payload...)
}

// stream is a connection on which a server's events come in.
type stream interface {
	// read returns some of what came, valid until the next call.
	read() ([]byte, error)
	Close() error
}

// eventStream is a stream of server-sent events, chunk lengths and all.
type eventStream struct {
	conn net.Conn
	in   *bufio.Reader
	held int
}

// openEvents opens an event stream and waits for its first bytes.
func openEvents(ctx context.Context, e endpoint, bufferBytes int) (*eventStream, error) {
	conn, in, err := e.open(ctx, http.StatusOK, bufferBytes)
	if err != nil {
		return nil, err
	}
	s := &eventStream{conn: conn, in: in}
	if _, err := in.Peek(1); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

func (s *eventStream) read() ([]byte, error) {
	_, _ = s.in.Discard(s.held)
	s.held = 0
	if s.in.Buffered() == 0 {
		if _, err := s.in.Peek(1); err != nil {
			return nil, err
		}
	}
	b, err := s.in.Peek(s.in.Buffered())
	s.held = len(b)
	return b, err
}

func (s *eventStream) Close() error { return s.conn.Close() }
