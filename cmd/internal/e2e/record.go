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

// Violation is an error that a correct server never causes.
type Violation struct{ text string }

// Error describes what the server did.
func (v *Violation) Error() string { return v.text }

func violation(format string, args ...any) error { return &Violation{fmt.Sprintf(format, args...)} }

// Record holds the bytes of every event of a session that any of several clients has
// received who see the same of it. It is safe for concurrent use.
type Record struct {
	mu     sync.Mutex
	events map[uint64]string // guarded by mu: by number
}

// NewRecord returns an empty record.
func NewRecord() *Record { return &Record{events: map[uint64]string{}} }

// add adds an event. It returns a *Violation if another event was received under the
// same number.
func (r *Record) add(seq uint64, raw []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, known := r.events[seq]
	if known && before != string(raw) {
		return violation("event %d was received as\n%s\nand as\n%s", seq, before, raw)
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

// RequireMatches fails the test unless the journal has every event as it was received.
func (r *Record) RequireMatches(t testing.TB, journal []json.RawMessage) {
	t.Helper()
	stored := NewRecord()
	for _, raw := range journal {
		if err := stored.add(lineOf(raw).Cursor.Seq, raw); err != nil {
			t.Fatal(err)
		}
	}
	for seq, raw := range r.events {
		if stored.events[seq] != raw {
			t.Fatalf("event %d was received as\n%s\nand is stored as\n%s", seq, raw, stored.events[seq])
		}
	}
}

// position is how far a client has read.
type position struct {
	record *Record
	cursor protocol.Cursor
}

// advance moves the position to an event, which must be the next one.
func (p *position) advance(l line) error {
	if l.Cursor.Seq != p.cursor.Seq+1 {
		return violation("event %d arrived after event %d: %s", l.Cursor.Seq, p.cursor.Seq, l.raw)
	}
	p.cursor = l.Cursor
	return p.record.add(l.Cursor.Seq, l.raw)
}

// line is a line that the server has sent. It has the members of all types of line.
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
	_ = json.Unmarshal(raw, &l) // malformed lines have no type
	l.raw = raw
	return l
}

func (l line) isEvent() bool { return l.Cursor.Seq > 0 && l.Type != protocol.TypeConnected }

// MustEvents reads all events after a cursor, as a participant sees them.
func (s Session) MustEvents(t testing.TB, m Member, after string) []json.RawMessage {
	t.Helper()
	all, err := s.Events(t.Context(), m, after)
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
		return nil, refusal(answer)
	}
	var events protocol.EventsAnswer
	if err := json.Unmarshal(answer.Body, &events); err != nil {
		return nil, err
	}
	if events.Gap {
		return nil, violation("there is a gap after the cursor %s", after)
	}
	return &events, nil
}

// refusal returns the error for a call that was refused: a *Violation unless the call
// may succeed later.
func refusal(a Response) error {
	if e := protocol.Catalogue[a.ErrorCode()]; e.Retryable {
		return fmt.Errorf("refused temporarily: %s", a.Body)
	}
	return violation("refused with %d: %s", a.Status, a.Body)
}
