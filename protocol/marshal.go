package protocol

import (
	"bytes"
	"encoding/json"
	"reflect"
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
	case *ExportAnswer:
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
		Redaction       Redaction `json:"redaction,omitempty"`
	}{e.Type, e.Cursor, e.SharedSessionID, e.Timestamp, e.Redaction})
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

// Encode encodes a message of the server as one line, without the line end.
func Encode(m ServerMessage) ([]byte, error) {
	switch m := m.(type) {
	case *WelcomeMessage:
		return AppendWelcome(nil, m.ID, &m.Payload, nil)
	case *OKMessage:
		return EncodeAnswer(m.ID, json.RawMessage(valueOr(m.Payload, "{}")), m.Duplicate)
	case *ErrorMessage:
		return encodeTyped(TypeError, m)
	case *PresenceMessage:
		return encodeTyped(TypePresence, m)
	case *TypingMessage:
		return encodeTyped(TypeTyping, m)
	case *PongMessage:
		return encodeTyped(TypePong, m)
	case *HiddenMessage:
		return encodeTyped(TypeHidden, m)
	case *UnknownMessage:
		return m.Raw, nil
	}
	return Marshal(m)
}

// encodeTyped encodes m with its type as the first member.
func encodeTyped(t string, m any) ([]byte, error) {
	return pooled(func(b []byte) ([]byte, error) {
		b = append(append(append(b, `{"type":"`...), t...), `",`...)
		at := len(b)
		b, err := appendMarshal(b, m)
		if err != nil {
			return nil, err
		}
		return slices.Delete(b, at, at+len("{")), nil
	})
}

// AppendWelcome appends a welcome to b. Unless participants is nil, it takes the place
// of w.Participants: a list that is encoded already, without its brackets, because a
// server sends the same long list many times.
func AppendWelcome(b []byte, id string, w *Welcome, participants []byte) ([]byte, error) {
	b = slices.Grow(b, listSize(w.Recent)+len(participants)+2048)
	b, err := beginAnswer(b, TypeWelcome, id, false)
	value := reflect.ValueOf(w).Elem()
	for i, m := range welcomeMembers {
		if err != nil {
			return nil, err
		}
		if m.Omit && value.Field(m.Index).IsZero() {
			continue
		}
		b = append(append(b, "{,"[min(i, 1)]), m.Name...)
		switch {
		case m.Name == `"recent":`:
			b = appendRawList(b, w.Recent)
		case m.Name == `"participants":` && participants != nil:
			b = append(append(append(b, '['), participants...), ']')
		default:
			b, err = m.Append(b, value.Field(m.Index))
		}
	}
	return append(b, "}}"...), err
}

var welcomeMembers, _ = jsonappend.MembersOf(reflect.TypeFor[Welcome]())

// EncodeAnswer encodes an [OKMessage] with this payload as one line, without the line
// end. A payload that is a [json.RawMessage] is copied as it is.
func EncodeAnswer(id string, payload any, duplicate bool) ([]byte, error) {
	return pooled(func(b []byte) ([]byte, error) {
		b, err := beginAnswer(b, TypeOK, id, duplicate)
		if err != nil {
			return nil, err
		}
		if raw, ok := payload.(json.RawMessage); ok {
			b = append(b, raw...)
		} else if b, err = appendMarshal(b, payload); err != nil {
			return nil, err
		}
		return append(b, '}'), nil
	})
}

// EncodeError encodes the [ErrorMessage] that answers a request, as one line without
// the line end. An error that is not an [Error] is encoded as INTERNAL.
func EncodeError(id string, err error) ([]byte, error) {
	return Encode(&ErrorMessage{ID: id, Error: AsError(err).Wire()})
}

// beginAnswer appends an answer up to its payload.
func beginAnswer(b []byte, t, id string, duplicate bool) ([]byte, error) {
	b = append(append(append(b, `{"type":"`...), t...), `","id":`...)
	b, err := jsonappend.String(b, id)
	if duplicate {
		b = append(b, `,"duplicate":true`...)
	}
	return append(b, `,"payload":`...), err
}
