package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/protocol"
)

// Ear is a listener that receives events over one connection and keeps their bytes.
type Ear struct {
	feed feed
	done chan struct{} // closed when the connection has ended

	mu      sync.Mutex
	place   place         // guarded by mu
	events  []string      // guarded by mu
	err     error         // guarded by mu: a *Violation, or the reason why the connection ended
	changed chan struct{} // guarded by mu: closed, and replaced, when events grows
}

// Listen receives, as the host, all events after a cursor. The connection is closed
// when the test ends.
func (s Session) Listen(t testing.TB, by Transport, after string) *Ear {
	t.Helper()
	at, err := protocol.ParseCursor(after)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	f, err := s.open(ctx, by, s.Host, at)
	if err != nil {
		t.Fatal(err)
	}
	e := &Ear{feed: f, done: make(chan struct{}), place: place{NewRecord(), at}, changed: make(chan struct{})}
	go e.listen() // ends with the feed
	t.Cleanup(func() {
		f.end(false)
		<-e.done
	})
	return e
}

func (e *Ear) listen() {
	defer close(e.done)
	for {
		lines, err := e.feed.next()
		if !e.take(lines, err) {
			return
		}
	}
}

func (e *Ear) take(lines []line, err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range lines {
		if l.isEvent() && err == nil {
			err = e.place.take(l)
			e.events = append(e.events, string(l.raw))
		}
	}
	e.err = err
	close(e.changed)
	e.changed = make(chan struct{})
	return err == nil
}

// progress is how far an Ear has read.
type progress struct {
	events []string
	at     uint64 // number of the last event
	err    error
	more   <-chan struct{} // closed when there are more
}

func (e *Ear) heard() progress {
	e.mu.Lock()
	defer e.mu.Unlock()
	return progress{e.events[:len(e.events):len(e.events)], e.place.at.Seq, e.err, e.changed}
}

// UpTo waits until the event with a number has arrived, and returns all events up to
// it.
func (e *Ear) UpTo(t testing.TB, seq uint64) []string {
	t.Helper()
	late := time.After(Patience)
	for {
		h := e.heard()
		if h.at >= seq {
			return h.events[:len(h.events)-int(h.at-seq)]
		}
		if h.err != nil {
			t.Fatalf("after event %d: %v", h.at, h.err)
		}
		select {
		case <-h.more:
		case <-late:
			t.Fatalf("event %d was heard, and not event %d", h.at, seq)
		}
	}
}

// Ended waits until the server has closed the connection, and returns the reason.
func (e *Ear) Ended(t testing.TB) error {
	t.Helper()
	select {
	case <-e.done:
	case <-time.After(Patience):
		t.Fatal("the connection does not end")
	}
	return e.heard().err
}
