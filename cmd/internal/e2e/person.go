package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/protocol"
	"parley/protocol/client"
)

// Person takes part in a session with the Go client and keeps every event that the
// client reports. It is safe for concurrent use.
type Person struct {
	*client.Client
	Welcome protocol.Welcome

	done chan struct{} // closed when the client has reported all events

	mu      sync.Mutex
	events  []*protocol.Event // guarded by mu
	problem error             // guarded by mu: the first event out of order
	changed chan struct{}     // guarded by mu: closed, and replaced, when events grows
}

// Come opens a link under a name. The client is closed when the test ends; the test fails
// if an event was missing or reported twice.
func Come(t testing.TB, link client.Link, name string) *Person {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	c, err := client.Open(ctx, link, client.Options{
		UserID: name, BackoffBase: 20 * time.Millisecond, BackoffMax: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &Person{Client: c, done: make(chan struct{}), changed: make(chan struct{})}
	welcomed := make(chan struct{})
	go p.listen(welcomed) // ends with the client
	<-welcomed
	t.Cleanup(func() {
		_ = c.Close()
		<-p.done
		if p.problem != nil {
			t.Errorf("%s: %v", name, p.problem)
		}
	})
	return p
}

func (p *Person) listen(welcomed chan<- struct{}) {
	defer close(p.done)
	last := uint64(0)
	for n := range p.Notices() {
		switch n := n.(type) {
		case client.Welcome:
			if last > 0 {
				p.wrong(fmt.Errorf("a second welcome after event %d: %s", last, n.Resume))
				continue
			}
			at, err := protocol.ParseCursor(n.Cursor)
			if err != nil {
				p.wrong(err)
			}
			last, p.Welcome = at.Seq, n.Welcome
			close(welcomed)
		case client.Event:
			if last++; n.Cursor.Seq != last {
				p.wrong(fmt.Errorf("event %d came instead of event %d", n.Cursor.Seq, last))
			}
			p.heard(n.Event)
		}
	}
}

func (p *Person) wrong(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.problem == nil {
		p.problem = err
	}
}

func (p *Person) heard(e *protocol.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	close(p.changed)
	p.changed = make(chan struct{})
}

// Heard returns the events so far, and a channel that is closed when there are more.
func (p *Person) Heard() ([]*protocol.Event, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events[:len(p.events):len(p.events)], p.changed
}

// HeardUpTo waits until the event with a number has been reported, and returns all events
// up to it.
func (p *Person) HeardUpTo(t testing.TB, seq uint64) []*protocol.Event {
	t.Helper()
	return p.awaitEvent(t, func(e *protocol.Event) bool { return e.Cursor.Seq == seq })
}

// Await returns the first event with a payload that matches, and waits for it if needed.
func Await[T protocol.Payload](t testing.TB, p *Person, is func(T) bool) (T, *protocol.Event) {
	t.Helper()
	events := p.awaitEvent(t, func(e *protocol.Event) bool {
		payload, ok := e.Payload.(T)
		return ok && is(payload)
	})
	last := events[len(events)-1]
	return last.Payload.(T), last
}

// awaitEvent returns all events up to the first that matches.
func (p *Person) awaitEvent(t testing.TB, is func(*protocol.Event) bool) []*protocol.Event {
	t.Helper()
	late := time.After(Patience)
	for seen := 0; ; {
		events, more := p.Heard()
		for i, e := range events[seen:] {
			if is(e) {
				return events[:seen+i+1]
			}
		}
		seen = len(events)
		select {
		case <-more:
		case <-p.done:
			t.Fatalf("the client ended after %d events: %v", seen, p.Err())
		case <-late:
			t.Fatalf("what was waited for is not among %d events", seen)
		}
	}
}

// AwaitEnd waits until the turn of a prompt has ended, or for ctx.
func (p *Person) AwaitEnd(ctx context.Context, approval string) {
	for seen := 0; ; {
		events, more := p.Heard()
		for _, e := range events[seen:] {
			switch end := e.Payload.(type) {
			case *protocol.PromptDispatchCompleted:
				if end.ApprovalID == approval {
					return
				}
			case *protocol.PromptDispatchFailed:
				if end.ApprovalID == approval {
					return
				}
			}
		}
		seen = len(events)
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}
