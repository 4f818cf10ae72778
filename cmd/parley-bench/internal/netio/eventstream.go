package netio

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
)

// EventStream is a stream of server-sent events. It returns undecoded bytes, which contain
// the lengths of HTTP chunks.
type EventStream struct {
	conn net.Conn
	in   *bufio.Reader
	held int // bytes that Next has returned and that are still in the buffer
}

// OpenEventStream opens an event stream and waits for its first bytes.
func OpenEventStream(ctx context.Context, e Endpoint, bufferBytes int) (*EventStream, error) {
	conn, in, err := e.open(ctx, http.StatusOK, bufferBytes)
	if err != nil {
		return nil, err
	}
	s := &EventStream{conn: conn, in: in}
	if _, err := in.Peek(1); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

// Next implements [Stream].
func (s *EventStream) Next() ([]byte, error) {
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

// Close closes the connection.
func (s *EventStream) Close() error { return s.conn.Close() }
