package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"parley/protocol"
)

// Violation is an error that a server must never cause.
type Violation struct{ text string }

// Error describes what the server has done.
func (v *Violation) Error() string { return v.text }

func violation(format string, args ...any) error { return &Violation{fmt.Sprintf(format, args...)} }

// Record is every event of a session that any client was shown, as bytes. It is safe for
// concurrent use.
type Record struct {
	mu     sync.Mutex
	events map[uint64]string
}

// NewRecord returns an empty record.
func NewRecord() *Record { return &Record{events: map[uint64]string{}} }

// shown adds an event. It returns a *Violation if another event was shown under the same
// number.
func (r *Record) shown(seq uint64, raw []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, known := r.events[seq]
	if known && before != string(raw) {
		return violation("event %d was shown as\n%s\nand as\n%s", seq, before, raw)
	}
	r.events[seq] = string(raw)
	return nil
}

// Len returns the number of events.
func (r *Record) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.events)
}

// RequireIn fails the test unless all events are in the journal as they were shown.
func (r *Record) RequireIn(t testing.TB, journal []json.RawMessage) {
	t.Helper()
	kept := NewRecord()
	for _, raw := range journal {
		if err := kept.shown(lineOf(raw).Cursor.Seq, raw); err != nil {
			t.Fatal(err)
		}
	}
	for seq, raw := range r.events {
		if kept.events[seq] != raw {
			t.Fatalf("event %d was shown as\n%s\nand is now\n%s", seq, raw, kept.events[seq])
		}
	}
}

// place is how far a reader has come.
type place struct {
	record *Record
	at     protocol.Cursor
}

// take moves on by one event, which has to be the next.
func (p *place) take(l line) error {
	if l.Cursor.Seq != p.at.Seq+1 {
		return violation("event %d came after event %d: %s", l.Cursor.Seq, p.at.Seq, l.raw)
	}
	p.at = l.Cursor
	return p.record.shown(l.Cursor.Seq, l.raw)
}

// line is a line of the server, decoded as far as its kind needs.
type line struct {
	Type    string              `json:"type"`
	ID      string              `json:"id"`
	Cursor  protocol.Cursor     `json:"cursor"`
	Resume  string              `json:"resume"`
	Error   *protocol.WireError `json:"error"`
	Payload json.RawMessage     `json:"payload"`

	raw []byte
}

func lineOf(raw []byte) line {
	var l line
	_ = json.Unmarshal(raw, &l) // what is not a line has no type
	l.raw = raw
	return l
}

func (l line) isEvent() bool { return l.Cursor.Seq > 0 && l.Type != protocol.TypeConnected }

// Journal reads all events after a cursor.
func (s Session) Journal(t testing.TB, after string) []json.RawMessage {
	t.Helper()
	all, err := s.Events(t.Context(), s.Host, after)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// poll reads the events after a cursor, and waits up to a number of seconds for one.
func (s Session) poll(ctx context.Context, m Member, after string, wait int) (*protocol.EventsAnswer, error) {
	q := url.Values{"after": {after}, "wait": {fmt.Sprint(wait)}, "limit": {"500"}}
	answer, err := s.Call(ctx, Request{Method: http.MethodGet, Path: s.Path("/events?" + q.Encode()), As: m})
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, refusedWith(answer)
	}
	var events protocol.EventsAnswer
	if err := json.Unmarshal(answer.Body, &events); err != nil {
		return nil, err
	}
	if events.Gap {
		return nil, violation("the cursor %s leads into a gap", after)
	}
	return &events, nil
}

// refusedWith returns a *Violation unless the call may succeed later.
func refusedWith(a Answer) error {
	if e := protocol.Catalogue[a.Code()]; e.Retryable {
		return fmt.Errorf("refused for now: %s", a.Body)
	}
	return violation("refused with %d: %s", a.Status, a.Body)
}
