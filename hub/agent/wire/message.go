package wire

import (
	"encoding/json"
	"errors"

	"parley/protocol/jsonwalk"
)

// Errors of Parse.
var (
	ErrNotJSON    = errors.New("line is not JSON")
	ErrNotMessage = errors.New("line is not a JSON-RPC message")
)

// Message is what routing needs of one line. Its slices are parts of the line
// that was parsed and live as long as that.
type Message struct {
	Method string          // empty in a response
	ID     json.RawMessage // as written; nil in a notification
	Params json.RawMessage // nil if there are none
	Result json.RawMessage // of a response; nil if there is none
	Error  json.RawMessage // of a response; nil if there is none
	Update string          // params.update.sessionUpdate, if there is one

	line     []byte
	sessions []jsonwalk.Span // every value of params.sessionId: a name can be there twice
}

// Parse looks into a line that Clean has seen. Where a name is there more than
// once the last one counts, as with JavaScript's parser.
func Parse(line []byte) (Message, error) {
	if !json.Valid(line) {
		return Message{}, ErrNotJSON
	}
	m := Message{line: line}
	for name, value := range jsonwalk.Members(line, 0) {
		switch string(name) {
		case "method":
			m.Method, _ = jsonwalk.Text(value.Of(line))
		case "id":
			m.ID = notNull(value.Of(line))
		case "params":
			m.Params = value.Of(line)
			m.peek(value)
		case "result":
			m.Result = value.Of(line)
		case "error":
			m.Error = notNull(value.Of(line))
		}
	}
	if m.Method == "" && (m.ID == nil || m.Result == nil && m.Error == nil) {
		return m, ErrNotMessage
	}
	return m, nil
}

// peek notes where params names the session, and the kind of update.
func (m *Message) peek(params jsonwalk.Span) {
	for name, value := range jsonwalk.Members(m.line, params.Start) {
		switch string(name) {
		case "sessionId":
			m.sessions = append(m.sessions, value)
		case "update":
			m.Update = updateKind(m.line, value)
		}
	}
}

func updateKind(line []byte, update jsonwalk.Span) (kind string) {
	for name, value := range jsonwalk.Members(line, update.Start) {
		if string(name) == "sessionUpdate" {
			kind, _ = jsonwalk.Text(value.Of(line))
		}
	}
	return kind
}

func notNull(value []byte) json.RawMessage {
	if string(value) == "null" {
		return nil
	}
	return value
}

// IsRequest reports whether the message asks for an answer.
func (m Message) IsRequest() bool { return m.Method != "" && m.ID != nil }

// IsResponse reports whether the message is an answer.
func (m Message) IsResponse() bool { return m.Method == "" }

// WithSession returns a copy of the line in which the value of
// params.sessionId, whatever it was, is the given id, and everything else is
// byte for byte as it came. A message without params.sessionId stays as it is.
// The id needs no escapes.
func (m Message) WithSession(id string) []byte {
	out := make([]byte, 0, len(m.line)+len(m.sessions)*(len(id)+len(`""`)))
	from := 0
	for _, at := range m.sessions {
		out = append(out, m.line[from:at.Start]...)
		out = append(out, '"')
		out = append(out, id...)
		out = append(out, '"')
		from = at.End
	}
	return append(out, m.line[from:]...)
}

// IDKey turns an id into a map key under which a number and a string with the
// same characters differ, and spellings of one string do not.
func IDKey(id json.RawMessage) string {
	if text, ok := jsonwalk.Text(id); ok {
		return `"` + text
	}
	return string(id)
}
