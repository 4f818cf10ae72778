package view

import (
	"encoding/json"
	"fmt"
	"time"

	"parley/protocol"
)

// The bounds of a [Timeline].
const (
	MaxRows  = 4000
	MaxBytes = 32 << 20
	MaxText  = 1 << 20 // of one message or terminal, in bytes
	MaxParts = 1000    // of one message, result or summary
)

// Timeline is what happened in a session, as rows, oldest first. The zero value is the
// timeline of a session of which no event is known.
type Timeline struct {
	// owned by the goroutine that uses the timeline
	rows    []Row
	bytes   int
	dropped int // rows

	running *string // the approval whose turn runs
	since   *int64  // when that turn began; nil if unknown
	start   int     // the index of the first row of that turn, or of the first row after the last turn
	open    int     // one more than the index of the row that the agent's next words may continue; 0 for none
	plan    []PlanEntry
	looksAt *Place
	usage   *Usage // what the agent reported last in the turn
	facts   facts

	// while an event is folded
	event   *protocol.Event
	at      int64 // its time, in milliseconds since 1970
	changes []Change
}

// facts are what later events are compared with.
type facts struct {
	title   *string
	mode    *string
	options map[string]string // the values of the agent's options as JSON, by id; nil if unknown
}

// Change is the change of a row by one event.
type Change struct {
	Before Row // nil for a new row
	Now    Row // nil for a row that was removed
}

// Rows returns the rows. The caller must not change the slice; it is valid until the next
// event.
func (t *Timeline) Rows() []Row { return t.rows }

// Dropped returns how many rows were dropped because of the bounds.
func (t *Timeline) Dropped() int { return t.dropped }

// Running returns the id of the approval whose turn runs, or nil.
func (t *Timeline) Running() *string { return t.running }

// Plan returns the agent's newest plan; nil if its turn has none.
func (t *Timeline) Plan() []PlanEntry { return t.plan }

// LooksAt returns the place in a file at which the agent looks in its turn, or nil.
func (t *Timeline) LooksAt() *Place { return t.looksAt }

// Usage returns what the agent reported last in its turn, or nil.
func (t *Timeline) Usage() *Usage { return t.usage }

// Tool returns the newest call with that id, or nil.
func (t *Timeline) Tool(id string) *ToolRow {
	for i := len(t.rows) - 1; i >= 0; i-- {
		if r, ok := t.rows[i].(*ToolRow); ok && r.ID == id {
			return r
		}
	}
	return nil
}

// MarshalJSON encodes the rows and what is known of the turn that runs.
func (t *Timeline) MarshalJSON() ([]byte, error) {
	rows := t.rows
	if rows == nil {
		rows = []Row{}
	}
	return json.Marshal(map[string]any{"items": rows, "running": t.running, "plan": t.plan,
		"looksAt": t.looksAt, "usage": t.usage})
}

// Apply folds an event, and returns the rows that have changed, in their order.
func (t *Timeline) Apply(e *protocol.Event) []Change {
	t.event, t.at, t.changes = e, e.Timestamp.UnixMilli(), nil
	t.take(e.Payload)
	if e.Redaction != "" {
		t.mark(e.Redaction)
	}
	t.trim()
	return t.changes
}

// mark marks the last of the rows that the event has changed.
func (t *Timeline) mark(r protocol.Redaction) {
	for i := len(t.rows) - 1; i >= 0; i-- {
		for _, c := range t.changes {
			if c.Now == t.rows[i] {
				c.Now.mark(r) // it was made by this event, and nobody else has it yet
				return
			}
		}
	}
}

func (t *Timeline) take(payload protocol.Payload) {
	switch p := payload.(type) {
	case *protocol.UnknownPayload:
		if p.Type == protocol.TypeHidden {
			return // of an event that is not for this reader
		}
		t.notify(UnknownNotice{"unknown", string(p.Type), p.Raw})
	case *protocol.MessageCreated:
		if p.Message.Kind != protocol.MessagePrompt { // a proposed prompt has a row of its own
			t.add(&ChatRow{Base: t.base("chat"), During: t.running, Message: p.Message, Author: p.Participant})
		}
	case *protocol.HostSessionUpdate:
		t.takeUpdate(decodeUpdate(p.Notification), p.Notification)
	case *protocol.PermissionRequested:
		t.ask(p.Permission)
	case *protocol.PermissionResolved:
		t.answer(p)
	case *protocol.PermissionWithdrawn:
		t.changePermission(p.RequestID, func(r *PermissionRow) { r.State = "withdrawn" })
	default:
		if !t.takePrompt(payload) && !t.takeElicitation(payload) {
			t.takeNotice(payload)
		}
	}
}

func (t *Timeline) takeNotice(payload protocol.Payload) {
	t.takeOptions(payload)
	if notice := noticeOf(payload); notice != nil {
		t.notify(notice)
	}
	if _, closed := payload.(*protocol.SessionClosed); closed {
		t.running, t.since, t.looksAt = nil, nil, nil
	}
}

// notify adds a notice, to the one in the last row if that is of the same kind.
func (t *Timeline) notify(n Notice) {
	if last := len(t.rows) - 1; last >= 0 {
		if before, ok := t.rows[last].(*NoticeRow); ok {
			passed := time.Duration(t.at-before.At) * time.Millisecond
			if both := merged(before.Notice, passed, n); both != nil {
				t.replace(last, &NoticeRow{Base: before.Base, Notice: both, Turn: before.Turn})
				return
			}
		}
	}
	t.add(&NoticeRow{Base: t.base("notice"), Notice: n})
}

func (t *Timeline) base(kind string) Base {
	return Base{Type: kind, Key: fmt.Sprintf("%s:%s", kind, t.event.Cursor), Cursor: t.event.Cursor, At: t.at}
}

// add adds a row.
func (t *Timeline) add(r Row) {
	t.rows = append(t.rows, r)
	t.bytes += r.size()
	t.changes = append(t.changes, Change{Now: r})
}

// replace replaces the row with an index.
func (t *Timeline) replace(i int, now Row) {
	before := t.rows[i]
	t.rows[i] = now
	t.bytes += now.size() - before.size()
	t.changes = append(t.changes, Change{before, now})
}

// remove removes the row with an index.
func (t *Timeline) remove(i int) {
	r := t.rows[i]
	t.rows = append(t.rows[:i], t.rows[i+1:]...)
	t.bytes -= r.size()
	t.changes = append(t.changes, Change{Before: r})
	if i < t.start {
		t.start--
	}
	switch {
	case i == t.open-1:
		t.open = 0
	case i < t.open-1:
		t.open--
	}
}

// trim drops the oldest rows beyond the bounds.
func (t *Timeline) trim() {
	if len(t.rows) <= MaxRows && (t.bytes <= MaxBytes || len(t.rows) <= 1) {
		return
	}
	n, bytes := 0, t.bytes
	for n < len(t.rows)-1 && (len(t.rows)-n > MaxRows*3/4 || bytes > MaxBytes*3/4) {
		bytes -= t.rows[n].size()
		n++
	}
	t.drop(n)
}

// drop drops the oldest rows.
func (t *Timeline) drop(n int) {
	for _, r := range t.rows[:n] {
		t.bytes -= r.size()
	}
	t.rows = append([]Row(nil), t.rows[n:]...)
	t.dropped += n
	t.start, t.open = max(0, t.start-n), max(0, t.open-n)
}
