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

// Participant takes part in a session with the Go client and keeps every event that
// the client reports. It is safe for concurrent use.
type Participant struct {
	// immutable
	*client.Client
	Welcome protocol.Welcome
	done    chan struct{} // closed when the client has reported all events

	mu      sync.Mutex // guards the fields below
	events  []*protocol.Event
	err     error         // the first event out of order
	changed chan struct{} // closed, and replaced, when events grows
}

// Connect opens a link under a name. The client is closed when the test ends; the test
// fails if an event was missing or reported twice.
func Connect(t testing.TB, link client.Link, name string) *Participant {
	t.Helper()
	return ConnectWith(t, link, client.Options{UserID: name})
}

// ConnectWith is [Connect] with options, whose times between attempts it sets.
func ConnectWith(t testing.TB, link client.Link, o client.Options) *Participant {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Timeout)
	defer cancel()
	o.BackoffBase, o.BackoffMax = 20*time.Millisecond, 200*time.Millisecond
	o.MaxDelay = -1 // each event by itself, so that a gap shows
	c, err := client.Open(ctx, link, o)
	if err != nil {
		t.Fatal(err)
	}
	p := &Participant{Client: c, done: make(chan struct{}), changed: make(chan struct{})}
	welcomed := make(chan struct{})
	go p.run(welcomed) // ends with the client; the cleanup closes that and waits
	<-welcomed
	t.Cleanup(func() {
		_ = c.Close()
		<-p.done
		if p.err != nil {
			t.Errorf("%s: %v", p.Welcome.Participant.UserID, p.err)
		}
	})
	return p
}

func (p *Participant) run(welcomed chan<- struct{}) {
	defer close(p.done)
	last := uint64(0)
	for n := range p.Notices() {
		switch n := n.(type) {
		case client.Welcome:
			if last > 0 {
				p.fail(fmt.Errorf("a second welcome after event %d: %s", last, n.Resume))
				continue
			}
			at, err := protocol.ParseCursor(n.Cursor)
			if err != nil {
				p.fail(err)
			}
			last, p.Welcome = at.Seq, n.Welcome
			close(welcomed)
		case client.Event:
			if last++; n.Cursor.Seq != last {
				p.fail(fmt.Errorf("received event %d; want event %d", n.Cursor.Seq, last))
			}
			p.add(n.Event)
		}
	}
}

// fail records the first error.
func (p *Participant) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

func (p *Participant) add(e *protocol.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	close(p.changed)
	p.changed = make(chan struct{})
}

// Events returns the events so far, and a channel that is closed when there are more.
func (p *Participant) Events() ([]*protocol.Event, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events[:len(p.events):len(p.events)], p.changed
}

// AwaitSeq waits until the event with a number has been reported, and returns all
// events up to it.
func (p *Participant) AwaitSeq(t testing.TB, seq uint64) []*protocol.Event {
	t.Helper()
	return p.awaitEvent(t, func(e *protocol.Event) bool { return e.Cursor.Seq == seq })
}

// AwaitEvent waits until an event with a payload that matches has been reported, and
// returns the first one.
func AwaitEvent[T protocol.Payload](t testing.TB, p *Participant, matches func(T) bool) (T, *protocol.Event) {
	t.Helper()
	events := p.awaitEvent(t, func(e *protocol.Event) bool {
		payload, ok := e.Payload.(T)
		return ok && matches(payload)
	})
	last := events[len(events)-1]
	return last.Payload.(T), last
}

// awaitEvent returns all events up to the first that matches.
func (p *Participant) awaitEvent(t testing.TB, matches func(*protocol.Event) bool) []*protocol.Event {
	t.Helper()
	timeout := time.After(Timeout)
	for seen := 0; ; {
		events, more := p.Events()
		for i, e := range events[seen:] {
			if matches(e) {
				return events[:seen+i+1]
			}
		}
		seen = len(events)
		select {
		case <-more:
		case <-p.done:
			t.Fatalf("the client ended after %d events: %v", seen, p.Err())
		case <-timeout:
			t.Fatalf("no event matches among %d events", seen)
		}
	}
}

// AwaitTurnEnd waits until the turn of a prompt has ended, or ctx is done.
func (p *Participant) AwaitTurnEnd(ctx context.Context, approval string) {
	for seen := 0; ; {
		events, more := p.Events()
		for _, e := range events[seen:] {
			if endsTurn(e.Payload, approval) {
				return
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

// endsTurn reports whether an event ends the turn of a prompt.
func endsTurn(p protocol.Payload, approval string) bool {
	switch end := p.(type) {
	case *protocol.PromptDispatchCompleted:
		return end.ApprovalID == approval
	case *protocol.PromptDispatchFailed:
		return end.ApprovalID == approval
	}
	return false
}
