package live

import (
	"context"
	"sync"
	"time"

	"parley/hub/feed"
	"parley/web/internal/rawconn"
	"parley/web/internal/task"
)

// sender sends a connection what its subscription has. It is a [feed.Sink].
//
// The session's fan-out offers each burst, and the sender writes it at once, as far
// as the socket takes it. The sender's own goroutine writes the rest, and then what
// the subscription has queued, until nothing waits. So a client that keeps up costs
// one system call for each burst and no goroutine, and a client that does not keep up
// delays no other.
type sender struct {
	// immutable
	conn   *rawconn.Conn
	ctx    context.Context // ends when the server shuts down
	tasks  *task.Group     // of the connection
	failed func(error)     // called when the subscription or a write has failed

	// guarded by mu
	mu  sync.Mutex
	sub *feed.Subscription // nil until follow

	// set before follow, then immutable
	format *feed.Format
	delay  time.Duration // how long to gather after each write; 0 to write at once
	ended  chan struct{} // closed by the connection when it ends, never sent to; nil without a delay

	running bool // the goroutine runs, or has failed
	again   bool // it was woken meanwhile
}

// follow begins to send what the subscription has.
func (s *sender) follow(sub *feed.Subscription) {
	s.mu.Lock()
	s.sub = sub
	s.mu.Unlock()
	sub.Push(s)
	s.Wake()
}

// subscription returns what the sender follows, or nil.
func (s *sender) subscription() *feed.Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sub
}

// gather joins the pieces of texts that the session sends within a time.
func (s *sender) gather(format *feed.Format, delay time.Duration) {
	s.format, s.delay = format, delay
	if delay > 0 {
		s.ended = make(chan struct{})
	}
}

// Offer implements [feed.Sink].
func (s *sender) Offer(b *feed.Burst) bool {
	return s.delay == 0 && s.conn.TryWrite(b.As(s.format))
}

// Cut implements [feed.Sink]. A write that waits fails, which ends the connection.
func (s *sender) Cut() { s.conn.Close() }

// Wake implements [feed.Sink]. It starts the goroutine, or makes it look again.
func (s *sender) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = true
	if !s.running {
		s.running = s.tasks.Go(s.run)
	}
}

// run sends until nothing waits. The connection's tasks own the goroutine.
func (s *sender) run() {
	for s.continues() {
		if err := s.sendAll(); err != nil {
			s.failed(err)
			return // running stays true, so that no other goroutine follows
		}
	}
}

// pause waits while the session gathers what to send next.
func (s *sender) pause() {
	if s.delay == 0 {
		return
	}
	timer := time.NewTimer(s.delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	case <-s.ended:
	}
}

// continues reports whether Wake was called since the last call, and notes that
// the goroutine ends if not.
func (s *sender) continues() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.again = s.again, false
	return s.running
}

// sendAll sends the rest of an earlier write and what the subscription has.
func (s *sender) sendAll() error {
	sub := s.subscription()
	if sub == nil {
		return s.conn.Flush()
	}
	for {
		lines, err := sub.Take(s.ctx)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return s.conn.Flush()
		}
		if err := s.send(lines); err != nil {
			return err
		}
		s.pause()
	}
}

// maxWrite is the most bytes of one WebSocket message or one write to a stream, but
// for a single line that is longer.
const maxWrite = 256 << 10

// send sends lines in pieces of maxWrite.
func (s *sender) send(lines []feed.Line) error {
	for len(lines) > 0 {
		n, size := 0, 0
		for n < len(lines) && (n == 0 || size+len(lines[n].Bytes) <= maxWrite) {
			size += len(lines[n].Bytes)
			n++
		}
		if err := s.sendPiece(lines[:n]); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// buffers are reused, since a welcome is long.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func (s *sender) sendPiece(lines []feed.Line) error {
	p := buffers.Get().(*[]byte)
	*p = s.format.Append((*p)[:0], lines)
	err := s.conn.Write(*p)
	if cap(*p) <= 2*maxWrite {
		buffers.Put(p)
	}
	return err
}
