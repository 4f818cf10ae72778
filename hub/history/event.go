package history

import (
	"context"
	"encoding/json"
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/textmerge"
)

// Event is one event of a session, encoded for clients.
type Event struct {
	Seq    journal.Seq
	Bytes  []byte // one JSON object without a line end
	Cursor string
	Hidden bool // the event is not for the client: Bytes have its cursor alone

	// Restricted says that not all readers receive the same. Personal says that what they
	// receive depends on more than their class; see [rules.Projection.Class].
	Restricted, Personal bool
}

// Encode encodes a record as a reader sees it.
func Encode(r *journal.Record, to rules.Projection) Event {
	c := protocol.NewCursor(uint64(r.Seq), r.Hash)
	audience, aside := rules.AudienceOf(protocol.EventType(r.Type)), rules.AsideOf(r)
	e := Event{
		Seq: r.Seq, Cursor: c.String(),
		Restricted: aside.Mask != nil || !audience.IsEveryone(), Personal: audience.IsPersonal(),
	}
	if r.Seq < to.From || !audience.Includes(to, aside.To) {
		e.Bytes, e.Hidden = protocol.EncodeHidden(c), true
		return e
	}
	redaction, payload := aside.Mask.For(to, r.Public)
	e.Bytes = protocol.EncodeRedacted(protocol.EventType(r.Type), c, r.Session.String(), r.Time, redaction, payload)
	return e
}

// Coalesced returns a list in which a hidden element that follows another one has replaced
// it.
func Coalesced[T any](list []T, isHidden func(T) bool) []T {
	n := 0
	for i := range list {
		if i > 0 && isHidden(list[i-1]) && isHidden(list[i]) {
			n++
		}
	}
	if n == 0 {
		return list
	}
	kept := make([]T, 0, len(list)-n)
	for i := range list {
		if i+1 == len(list) || !isHidden(list[i]) || !isHidden(list[i+1]) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// RawMessages returns events in the form in which answers hold them. Hidden events are
// coalesced, but for the first event; see [Merged].
func RawMessages(events []Event) []json.RawMessage {
	if len(events) > 1 {
		rest := Coalesced(events[1:], func(e Event) bool { return e.Hidden })
		events = append(events[:1:1], rest...)
	}
	raw := make([]json.RawMessage, len(events))
	for i, e := range events {
		raw[i] = e.Bytes
	}
	return raw
}

// Merged returns events with the pieces of streamed texts joined, but for the first event,
// whose cursor clients use to ask for what precedes it.
func Merged(events []Event) []Event {
	if len(events) < 2 {
		return events
	}
	rest := textmerge.Merge(events[1:], func(e Event) []byte { return e.Bytes },
		func(last Event, joined []byte) Event { last.Bytes = joined; return last })
	return append(events[:1:1], rest...)
}

// Oldest reads the events from a number on, up to but not including the number
// to, and stops behind the event with which they reach a number of bytes.
func (r Reader) Oldest(ctx context.Context, from, to journal.Seq, bytes int) ([]Event, error) {
	var events []Event
	err := r.each(ctx, from, to, func(e Event) (more bool) {
		events = append(events, e)
		bytes -= len(e.Bytes)
		return bytes > 0
	})
	return events, err
}

// Newest reads the events from a number on, up to but not including the number
// to, and leaves out the oldest while they exceed a number of bytes. It returns
// at least one event if there is any. It reads backward, so that a request for
// many long events costs little more than its answer holds.
func (r Reader) Newest(ctx context.Context, from, to journal.Seq, bytes int) ([]Event, error) {
	var events []Event
	size := 0
	for n := journal.Seq(newestFirst); from < to && size < bytes; n *= 2 {
		begin := max(from, to-min(n, to))
		var piece []Event
		err := r.each(ctx, begin, to, func(e Event) (more bool) {
			piece = append(piece, e)
			size += len(e.Bytes)
			return true
		})
		if err != nil {
			return nil, err
		}
		events = slices.Concat(piece, events)
		to = begin
	}
	for size > bytes && len(events) > 1 {
		size -= len(events[0].Bytes)
		events = events[1:]
	}
	return events, nil
}

// newestFirst is how many events [Reader.Newest] reads at first. It doubles the
// number with each step back.
const newestFirst = 16
