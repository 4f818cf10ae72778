package textmerge

import (
	"bytes"
	"slices"

	"parley/protocol/jsonwalk"
)

// MaxText bounds the text of a joined event in bytes, but for a single piece that is longer.
const MaxText = 16 << 10

// Merge joins the neighbouring pieces in a list. encoded returns the encoded event of an
// element, or nil for an element that is not an event. joined returns an element that
// replaces several: the last of them with other bytes. The list is not changed.
func Merge[T any](list []T, encoded func(T) []byte, joined func(last T, event []byte) T) []T {
	var merged []T // nil while nothing was joined
	for i := 0; i < len(list); {
		n, event := join(list[i:], encoded)
		if n > 1 && merged == nil {
			merged = slices.Clone(list[:i])
		}
		switch {
		case n > 1:
			merged = append(merged, joined(list[i+n-1], event))
		case merged != nil:
			merged = append(merged, list[i])
		}
		i += n
	}
	if merged == nil {
		return list
	}
	return merged
}

// join returns how many elements at the beginning of a list are one text, and their event
// if there are several.
func join[T any](list []T, encoded func(T) []byte) (n int, event []byte) {
	if len(list) == 1 {
		return 1, nil
	}
	first, ok := parse(encoded(list[0]))
	if !ok {
		return 1, nil
	}
	pieces, size := []piece{first}, len(first.content())
	for _, element := range list[1:] {
		next, ok := first.next(encoded(element))
		if !ok || size+len(next.content()) > MaxText {
			break
		}
		pieces = append(pieces, next)
		size += len(next.content())
	}
	if len(pieces) == 1 {
		return 1, nil
	}
	last := pieces[len(pieces)-1]
	event = make([]byte, 0, len(last.event)+size)
	event = append(event, last.event[:last.text.Start+1]...)
	for _, p := range pieces {
		event = append(event, p.content()...)
	}
	return len(pieces), append(event, last.event[last.text.End-1:]...)
}

// piece is an event with a piece of a text.
type piece struct {
	event                   []byte
	cursor, timestamp, text jsonwalk.Span // in this order
}

// content returns the text as it stands in the event, without quotes.
func (p piece) content() []byte { return p.event[p.text.Start+1 : p.text.End-1] }

// next returns an event as the piece that continues the text of p. ok is false if it does
// not. It compares bytes, which costs much less than to find the members again: an event
// with the same bytes around its three strings has the same members.
func (p piece) next(event []byte) (n piece, ok bool) {
	n.event = event
	at := 0
	for _, part := range []struct {
		before jsonwalk.Span // the bytes of p that the event has too
		string *jsonwalk.Span
	}{
		{jsonwalk.Span{Start: 0, End: p.cursor.Start}, &n.cursor},
		{jsonwalk.Span{Start: p.cursor.End, End: p.timestamp.Start}, &n.timestamp},
		{jsonwalk.Span{Start: p.timestamp.End, End: p.text.Start}, &n.text},
	} {
		same := part.before.Of(p.event)
		if !bytes.HasPrefix(event[at:], same) {
			return n, false
		}
		at += len(same)
		if at >= len(event) || event[at] != '"' {
			return n, false
		}
		part.string.Start, at = at, jsonwalk.StringEnd(event, at)
		part.string.End = at
	}
	return n, bytes.Equal(event[at:], p.event[p.text.End:])
}

var beginning = []byte(`{"type":"host_session_update",`)

// kinds are the kinds of updates whose texts can be joined.
var kinds = map[string]bool{"agent_message_chunk": true, "agent_thought_chunk": true, "user_message_chunk": true}

// parse finds the parts of an event with a piece of a text.
func parse(event []byte) (p piece, ok bool) {
	if !bytes.HasPrefix(event, beginning) {
		return p, false
	}
	p.event = event
	envelope := members(event, 0, "cursor", "timestamp", "payload")
	p.cursor, p.timestamp = envelope[0], envelope[1]
	at := envelope[2]
	for _, name := range []string{"notification", "params", "update"} {
		if at == (jsonwalk.Span{}) {
			return p, false
		}
		at = members(event, at.Start, name)[0]
	}
	if at == (jsonwalk.Span{}) {
		return p, false
	}
	update := members(event, at.Start, "sessionUpdate", "content")
	kind, _ := jsonwalk.Text(update[0].Of(event))
	if !kinds[kind] || update[1] == (jsonwalk.Span{}) {
		return p, false
	}
	content := members(event, update[1].Start, "type", "text")
	p.text = content[1]
	kind, _ = jsonwalk.Text(content[0].Of(event))
	isText := kind == "text" && p.text.End-p.text.Start >= 2 && event[p.text.Start] == '"'
	inOrder := 0 < p.cursor.Start && p.cursor.End < p.timestamp.Start && p.timestamp.End < p.text.Start
	return p, isText && inOrder
}

// members returns the values of the members of the object that begins at i. A missing or
// repeated member is zero, since other readers could take another of its values.
func members(event []byte, i int, names ...string) []jsonwalk.Span {
	values, seen := make([]jsonwalk.Span, len(names)), make([]int, len(names))
	for name, value := range jsonwalk.Members(event, i) {
		if n := slices.Index(names, string(name)); n >= 0 {
			values[n] = value
			seen[n]++
		}
	}
	for n := range names {
		if seen[n] > 1 {
			values[n] = jsonwalk.Span{}
		}
	}
	return values
}
