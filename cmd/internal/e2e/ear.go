package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/protocol"
)

// Ear hears a session over one connection and keeps the bytes of every event.
type Ear struct {
	feed feed
	done chan struct{} // closed when the connection has ended

	mu      sync.Mutex
	place   place         // guarded by mu
	events  []string      // guarded by mu
	err     error         // guarded by mu: a *Violation, or why the connection ended
	changed chan struct{} // guarded by mu: closed, and replaced, when events grows
}

// Listen listens as the host, to everything after a cursor. The ear goes with
// the test.
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
	go e.listen() // it ends with the feed
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

// hearing is how far an ear has come.
type hearing struct {
	events []string
	at     uint64 // the number of the last event
	err    error
	more   <-chan struct{} // closed when that is no longer so
}

func (e *Ear) heard() hearing {
	e.mu.Lock()
	defer e.mu.Unlock()
	return hearing{e.events[:len(e.events):len(e.events)], e.place.at.Seq, e.err, e.changed}
}

// UpTo waits until an event was heard, and returns all up to it.
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

// Ended waits until the server has ended the connection, and returns how.
func (e *Ear) Ended(t testing.TB) error {
	t.Helper()
	select {
	case <-e.done:
	case <-time.After(Patience):
		t.Fatal("the connection does not end")
	}
	return e.heard().err
}
