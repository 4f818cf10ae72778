package protocol

import (
	"bytes"
	"encoding/json"
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
func SplitLines(message []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for line := range bytes.SplitSeq(message, []byte{'\n'}) {
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
	word, isText := jsonwalk.Text(kind)
	if !isText {
		return Request{}, ErrNotProtocol
	}
	req := Request{}
	if req.ID, isText = jsonwalk.Text(id); !isText || !validCommandID(req.ID) {
		return Request{}, Errorf(CodeInvalidRequest, "id is a string of 1 to %d characters", MaxCommandIDLength)
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
	switch v := v.(type) {
	case *Event:
		return marshalEvent(v)
	case *HistoryAnswer:
		return marshalAround("events", orNone(v.Events), HistoryAnswer{More: v.More, Gap: v.Gap})
	case *EventsAnswer:
		return marshalAround("events", orNone(v.Events), EventsAnswer{Cursor: v.Cursor, Gap: v.Gap})
	case HistoryAnswer:
		return Marshal(&v)
	case EventsAnswer:
		return Marshal(&v)
	}
	return marshalPlain(v)
}

func marshalPlain(v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	defer e.free()
	if err := e.json.Encode(v); err != nil {
		return nil, err
	}
	return bytes.Clone(bytes.TrimSuffix(e.buf.Bytes(), []byte{'\n'})), nil
}

// encoder is used again and again: what it writes into has grown by then.
type encoder struct {
	buf  bytes.Buffer
	json *json.Encoder
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buf)
	e.json.SetEscapeHTML(false)
	return e
}}

// free gives the encoder back, but for one that something large has grown.
func (e *encoder) free() {
	const most = 64 << 10
	if e.buf.Cap() > most {
		return
	}
	e.buf.Reset()
	encoders.Put(e)
}

// orNone makes the list that a client may always range over.
func orNone(events []json.RawMessage) []json.RawMessage {
	if events == nil {
		return []json.RawMessage{}
	}
	return events
}

// marshalEvent keeps what the agent wrote: the encoder would compact it. Unlike
// EncodeEvent it trusts no member to need no quoting.
func marshalEvent(e *Event) ([]byte, error) {
	payload, err := MarshalPayload(e.Payload)
	if err != nil {
		return nil, err
	}
	head, err := marshalPlain(struct {
		Type            EventType `json:"type"`
		Cursor          Cursor    `json:"cursor"`
		SharedSessionID string    `json:"sharedSessionId"`
		Timestamp       time.Time `json:"timestamp"`
	}{e.Type, e.Cursor, e.SharedSessionID, e.Timestamp})
	if err != nil {
		return nil, err
	}
	return slices.Concat(bytes.TrimSuffix(head, []byte{'}'}), []byte(`,"payload":`), payload, []byte{'}'}), nil
}

// marshalAround marshals rest, whose first member is a null list of that name,
// and puts the events there.
func marshalAround(member string, events []json.RawMessage, rest any) ([]byte, error) {
	b, err := marshalPlain(rest)
	if err != nil {
		return nil, err
	}
	list := make([]byte, 0, len(b)+listSize(events))
	list = appendList(append(list, `{"`+member+`":`...), events)
	return append(list, bytes.TrimPrefix(b, []byte(`{"`+member+`":null`))...), nil
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
