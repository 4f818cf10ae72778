package protocol

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"parley/protocol/internal/jsonappend"
)

// Marshal encodes an answer of the server. Unlike [json.Marshal] it does not escape
// <, > and &, and it copies the events in answers byte for byte, so that a client
// later reads the bytes that were sent live.
func Marshal(v any) ([]byte, error) {
	return pooled(func(b []byte) ([]byte, error) { return appendMarshal(b, v) })
}

// pooled returns what encode appends. It encodes into a pooled buffer and returns a
// copy of exact size, unless the result is large.
func pooled(encode func(b []byte) ([]byte, error)) ([]byte, error) {
	buffer := buffers.Get().(*[]byte)
	b, err := encode((*buffer)[:0])
	if err != nil {
		return nil, err
	}
	if cap(b) > maxPooledBuffer {
		return b, nil
	}
	line := bytes.Clone(b)
	*buffer = b
	buffers.Put(buffer)
	return line, nil
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxPooledBuffer bounds a buffer that is kept for reuse, in bytes, so that one large
// message does not hold its memory.
const maxPooledBuffer = 64 << 10

func appendMarshal(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case *Event:
		return appendEvent(b, v)
	case *HistoryAnswer:
		return appendWithEvents(b, emptyIfNil(v.Events), HistoryAnswer{More: v.More, Gap: v.Gap})
	case *EventsAnswer:
		return appendWithEvents(b, emptyIfNil(v.Events), EventsAnswer{Cursor: v.Cursor, Gap: v.Gap})
	case *ArchiveAnswer:
		rest := *v
		rest.Events = nil
		return appendWithEvents(b, emptyIfNil(v.Events), rest)
	case HistoryAnswer:
		return appendMarshal(b, &v)
	case EventsAnswer:
		return appendMarshal(b, &v)
	}
	return jsonappend.Value(b, v)
}

// emptyIfNil returns a list that clients can range over: never null.
func emptyIfNil(events []json.RawMessage) []json.RawMessage {
	if events == nil {
		return []json.RawMessage{}
	}
	return events
}

// appendEvent appends an event whose payload keeps the bytes of the agent, which
// encoding/json would compact. Unlike [EncodeEvent] it escapes every member.
func appendEvent(b []byte, e *Event) ([]byte, error) {
	payload, err := MarshalPayload(e.Payload)
	if err != nil {
		return nil, err
	}
	b, err = jsonappend.Value(b, struct {
		Type            EventType `json:"type"`
		Cursor          Cursor    `json:"cursor"`
		SharedSessionID string    `json:"sharedSessionId"`
		Timestamp       time.Time `json:"timestamp"`
	}{e.Type, e.Cursor, e.SharedSessionID, e.Timestamp})
	if err != nil {
		return nil, err
	}
	b = append(b[:len(b)-len("}")], `,"payload":`...)
	return append(append(b, payload...), '}'), nil
}

// appendWithEvents appends rest, whose first member is a null list of events, with
// events in the place of the null.
func appendWithEvents(b []byte, events []json.RawMessage, rest any) ([]byte, error) {
	const name, null = `{"events":`, `null`
	b = slices.Grow(b, listSize(events)+128)
	b = appendRawList(append(b, name...), events)
	end := len(b)
	b, err := jsonappend.Value(b, rest)
	if err != nil {
		return nil, err
	}
	return slices.Delete(b, end, end+len(name+null)), nil
}

// appendRawList appends a list of encoded values, or null for a nil list.
func appendRawList(b []byte, values []json.RawMessage) []byte {
	if values == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, v...)
	}
	return append(b, ']')
}

// listSize estimates how many bytes appendRawList appends.
func listSize(values []json.RawMessage) int {
	n := len("null")
	for _, v := range values {
		n += len(v) + 1
	}
	return n
}
