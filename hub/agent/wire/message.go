package wire

import (
	"encoding/json"
	"errors"
	"slices"

	"parley/protocol/jsonwalk"
)

var (
	// ErrNotJSON is the error of [Parse] for a line that is not JSON.
	ErrNotJSON = errors.New("line is not JSON")
	// ErrNotMessage is the error of [Parse] for JSON that is not a message.
	ErrNotMessage = errors.New("line is not a JSON-RPC message")
)

// Message is a parsed line, as far as routing needs. Its slices are parts of the line,
// and valid as long as the line is.
type Message struct {
	Method string          // empty in a response
	ID     json.RawMessage // as written; nil in a notification
	Params json.RawMessage // nil if missing
	Result json.RawMessage // of a response; nil if missing
	Error  json.RawMessage // of a response; nil if missing
	Update string          // params.update.sessionUpdate; empty if missing

	line     []byte
	sessions []jsonwalk.Span // all values of params.sessionId, which may be repeated
}

// Parse parses a line that [Clean] has returned. A message is a JSON object with
// "jsonrpc":"2.0" that either calls a method or answers with a result or an error, with
// its members in any order. Parse returns [ErrNotJSON] for a line that is not JSON, and
// [ErrNotMessage] for other JSON values. Those include a batch, which the Agent Client
// Protocol does not have; an id that is neither a number nor a string; and an object
// that repeats a member that routing needs, since other readers could take it for
// another message. Within params the last of two members with the same name counts, as
// in JavaScript.
func Parse(line []byte) (Message, error) {
	if !json.Valid(line) {
		return Message{}, ErrNotJSON
	}
	var at [members]jsonwalk.Span // zero for a missing member
	for name, value := range jsonwalk.Members(line, 0) {
		i := slices.Index(memberNames[:], string(name))
		if i < 0 {
			continue
		}
		if at[i] != (jsonwalk.Span{}) {
			return Message{}, ErrNotMessage
		}
		at[i] = value
	}
	version, _ := jsonwalk.Text(at[memberVersion].Of(line))
	m := Message{
		line:   line,
		ID:     notNull(at[memberID].Of(line)),
		Params: notAbsent(at[memberParams].Of(line)),
		Result: notAbsent(at[memberResult].Of(line)),
		Error:  notNull(at[memberError].Of(line)),
	}
	method := notNull(at[memberMethod].Of(line))
	m.Method, _ = jsonwalk.Text(method)
	if version != "2.0" || m.ID != nil && !isID(m.ID) || !m.isCall() && !m.isAnswer(method) {
		return Message{}, ErrNotMessage
	}
	if m.Params != nil {
		m.scanParams(at[memberParams])
	}
	return m, nil
}

// The members that routing needs, as indexes of memberNames.
const (
	memberVersion = iota
	memberID
	memberMethod
	memberParams
	memberResult
	memberError
	members
)

var memberNames = [members]string{"jsonrpc", "id", "method", "params", "result", "error"}

func (m *Message) isCall() bool {
	return m.Method != "" && notNull(m.Result) == nil && m.Error == nil
}

func (m *Message) isAnswer(method []byte) bool {
	if method != nil || m.ID == nil {
		return false
	}
	if m.Error != nil {
		return notNull(m.Result) == nil
	}
	return m.Result != nil
}

// isID reports whether a value can be the id of a request: a string or a number.
func isID(value []byte) bool {
	return value[0] == '"' || value[0] == '-' || value[0] >= '0' && value[0] <= '9'
}

// scanParams finds the values of params.sessionId and the kind of an update.
func (m *Message) scanParams(params jsonwalk.Span) {
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

// notNull returns nil for a value that is null or missing.
func notNull(value []byte) json.RawMessage {
	if len(value) == 0 || string(value) == "null" {
		return nil
	}
	return value
}

// notAbsent returns nil for a missing value.
func notAbsent(value []byte) json.RawMessage {
	if len(value) == 0 {
		return nil
	}
	return value
}

// IsRequest reports whether the message is a request, which needs an answer.
func (m Message) IsRequest() bool { return m.Method != "" && m.ID != nil }

// IsResponse reports whether the message is the answer to a request.
func (m Message) IsResponse() bool { return m.Method == "" }

// WithSession returns a copy of the line in which id replaces each value of
// params.sessionId. All other bytes are unchanged. The id must not need JSON escapes.
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

// IDKey returns a map key for an id. A number and a string of the same characters have
// different keys; different escapes of the same string have the same key.
func IDKey(id json.RawMessage) string {
	if text, ok := jsonwalk.Text(id); ok {
		return `"` + text
	}
	return string(id)
}
