package bench

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
)

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
