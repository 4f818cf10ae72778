package protocol

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"parley/protocol/jsonwalk"
)

// Request is one command on its way to the server. Client to server.
type Request struct {
	ID      string // the client's; also the idempotency key
	Command Command
}

// ErrNotProtocol is what DecodeRequest returns for a line that is not a JSON
// object with a string type: the connection is closed with CloseNotProtocol.
var ErrNotProtocol = Errorf(CodeInvalidRequest, "not a JSON object with a string type")

// SplitLines yields the JSON objects of a WebSocket message, one per line,
// without blank lines.
func SplitLines(message []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := message; ; {
			if rest = bytes.TrimLeft(rest, " \t\r\n"); len(rest) == 0 {
				return
			}
			var line []byte
			line, rest, _ = bytes.Cut(rest, []byte{'\n'})
			if line = bytes.TrimSpace(line); len(line) > 0 && !yield(line) {
				return
			}
		}
	}
}

// DecodeRequest reads one line of a client, strictly, and normalises the
// command. An error is ErrNotProtocol or another *Error; Request.ID is set
// where it could be read, so that the error can be answered.
func DecodeRequest(line []byte, limits Limits) (Request, error) {
	var id, kind, payload []byte
	if !json.Valid(line) {
		return Request{}, ErrNotProtocol
	}
	for name, value := range jsonwalk.Members(line, 0) {
		switch string(name) {
		case "id":
			id = value.Of(line)
		case "type":
			kind = value.Of(line)
		case "payload":
			payload = value.Of(line)
		}
	}
	word, isString := jsonwalk.Text(kind)
	if !isString {
		return Request{}, ErrNotProtocol
	}
	req := Request{}
	if req.ID, isString = jsonwalk.Text(id); !isString || !isText(id) || !validCommandID(req.ID) {
		return Request{}, Errorf(CodeInvalidRequest, "id is a string of 1 to %d characters", MaxCommandIDLength)
	}
	if !isText(line) {
		return req, errNotText
	}
	newCommand, known := commands[CommandType(word)]
	if !known {
		return req, Errorf(CodeInvalidRequest, "type %.40q is not a command", word)
	}
	req.Command = newCommand()
	if err := decodeValid(orEmpty(payload, "{}"), req.Command); err != nil {
		return req, err
	}
	return req, req.Command.Normalize(limits)
}

func orEmpty(raw json.RawMessage, otherwise string) []byte {
	if isNone(raw) {
		return []byte(otherwise)
	}
	return raw
}

func validCommandID(id string) bool {
	return id != "" && utf8.RuneCountInString(id) <= MaxCommandIDLength
}

// EncodeRequest writes a command as one line without its end.
func EncodeRequest(req Request) ([]byte, error) {
	return Marshal(struct {
		ID      string      `json:"id"`
		Type    CommandType `json:"type"`
		Payload Command     `json:"payload"`
	}{req.ID, req.Command.CommandType(), req.Command})
}

// Marshal writes what the server answers with. Unlike json.Marshal it leaves
// <, > and & as they are, and events in answers byte for byte: what a client
// reads later is what was live.
func Marshal(v any) ([]byte, error) {
	return written(func(b []byte) ([]byte, error) { return appendMarshal(b, v) })
}

// written returns what write appends, in as much memory as that takes unless it
// is large.
func written(write func(b []byte) ([]byte, error)) ([]byte, error) {
	buffer := buffers.Get().(*[]byte)
	b, err := write((*buffer)[:0])
	if err != nil {
		return nil, err
	}
	if cap(b) > maxKeptBuffer {
		return b, nil
	}
	line := bytes.Clone(b)
	*buffer = b
	buffers.Put(buffer)
	return line, nil
}

// buffers are written, copied, and then used again.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBuffer keeps the memory of something large from staying in use.
const maxKeptBuffer = 64 << 10

func appendMarshal(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case *Event:
		return appendEvent(b, v)
	case *HistoryAnswer:
		return appendAround(b, orNone(v.Events), HistoryAnswer{More: v.More, Gap: v.Gap})
	case *EventsAnswer:
		return appendAround(b, orNone(v.Events), EventsAnswer{Cursor: v.Cursor, Gap: v.Gap})
	case *ArchiveAnswer:
		rest := *v
		rest.Events = nil
		return appendAround(b, orNone(v.Events), rest)
	case HistoryAnswer:
		return appendMarshal(b, &v)
	case EventsAnswer:
		return appendMarshal(b, &v)
	}
	return appendValue(b, v)
}

// orNone makes the list that a client may always range over.
func orNone(events []json.RawMessage) []json.RawMessage {
	if events == nil {
		return []json.RawMessage{}
	}
	return events
}

// appendEvent keeps what the agent wrote: the encoder would compact it. Unlike
// EncodeEvent it trusts no member to need no quoting.
func appendEvent(b []byte, e *Event) ([]byte, error) {
	payload, err := MarshalPayload(e.Payload)
	if err != nil {
		return nil, err
	}
	b, err = appendValue(b, struct {
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

// appendAround writes rest, whose first member is a null list of events, with
// those events there.
func appendAround(b []byte, events []json.RawMessage, rest any) ([]byte, error) {
	const before, none = `{"events":`, `null`
	b = slices.Grow(b, listSize(events)+128)
	b = appendList(append(b, before...), events)
	end := len(b)
	b, err := appendValue(b, rest)
	if err != nil {
		return nil, err
	}
	return slices.Delete(b, end, end+len(before+none)), nil
}

// appendList writes a list of what is encoded already; null for none at all.
func appendList(b []byte, values []json.RawMessage) []byte {
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

// listSize is about what appendList appends.
func listSize(values []json.RawMessage) int {
	n := len("null")
	for _, v := range values {
		n += len(v) + 1
	}
	return n
}
