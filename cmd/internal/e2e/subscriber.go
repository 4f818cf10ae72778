package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/protocol"
)

// Subscriber receives the events of a session over one connection and keeps their
// bytes.
type Subscriber struct {
	// immutable
	feed feed
	done chan struct{} // closed when the connection has ended

	mu       sync.Mutex // guards the fields below
	position position
	events   []string
	err      error         // a *Violation, or the reason why the connection ended
	changed  chan struct{} // closed, and replaced, when events or err changes
}

// Subscribe receives, as the host, all events after a cursor. The connection is closed
// when the test ends.
func (s Session) Subscribe(t testing.TB, by Transport, after string) *Subscriber {
	t.Helper()
	f, at := s.mustOpen(t, by, s.Host, after)
	e := &Subscriber{feed: f, done: make(chan struct{}), position: position{NewRecord(), at}, changed: make(chan struct{})}
	go e.run() // ends with the feed; the cleanup closes that and waits
	t.Cleanup(func() {
		f.close(false)
		<-e.done
	})
	return e
}

// mustOpen connects a member that has received all events up to a cursor, and returns
// the cursor decoded.
func (s Session) mustOpen(t testing.TB, by Transport, m Member, after string) (feed, protocol.Cursor) {
	t.Helper()
	at, err := protocol.ParseCursor(after)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), Timeout)
	defer cancel()
	f, err := s.open(ctx, by, m, at)
	if err != nil {
		t.Fatal(err)
	}
	return f, at
}

func (e *Subscriber) run() {
	defer close(e.done)
	for {
		lines, err := e.feed.next()
		if !e.receive(lines, err) {
			return
		}
	}
}

// receive adds the events among the lines. It returns false after the first error.
func (e *Subscriber) receive(lines []line, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range lines {
		if l.isEvent() && err == nil {
			err = e.position.advance(l)
			e.events = append(e.events, string(l.raw))
		}
	}
	e.err = err
	close(e.changed)
	e.changed = make(chan struct{})
	return err == nil
}

// snapshot is the state of a Subscriber at one time.
type snapshot struct {
	events  []string
	last    uint64 // number of the last event
	err     error
	changed <-chan struct{} // closed when the state changes
}

func (e *Subscriber) snapshot() snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	return snapshot{e.events[:len(e.events):len(e.events)], e.position.cursor.Seq, e.err, e.changed}
}

// AwaitSeq waits until the event with a number has arrived, and returns all events up
// to it.
func (e *Subscriber) AwaitSeq(t testing.TB, seq uint64) []string {
	t.Helper()
	timeout := time.After(Timeout)
	for {
		now := e.snapshot()
		if now.last >= seq {
			return now.events[:len(now.events)-int(now.last-seq)]
		}
		if now.err != nil {
			t.Fatalf("after event %d: %v", now.last, now.err)
		}
		select {
		case <-now.changed:
		case <-timeout:
			t.Fatalf("event %d is the last received; want event %d", now.last, seq)
		}
	}
}

// AwaitEnd waits until the server has closed the connection, and returns the reason.
func (e *Subscriber) AwaitEnd(t testing.TB) error {
	t.Helper()
	select {
	case <-e.done:
	case <-time.After(Timeout):
		t.Fatal("the connection does not end")
	}
	return e.snapshot().err
}
