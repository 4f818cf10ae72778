package wire

import (
	"encoding/json"
	"errors"
	"slices"

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

// Parse looks into a line that Clean has seen. A message is one JSON object with
// "jsonrpc":"2.0" that either calls a method or answers with a result or an
// error, its members in any order. The answer is ErrNotMessage for everything
// else that is JSON: a batch (the Agent Client Protocol has none), a log line, an
// id that is neither a number nor a string, and an object in which a member that
// routing needs stands twice, since its readers could take it for different
// messages. Within params the last of two members with one name counts, as with
// JavaScript's parser.
func Parse(line []byte) (Message, error) {
	if !json.Valid(line) {
		return Message{}, ErrNotJSON
	}
	var at [members]jsonwalk.Span // zero: the member is not there
	for name, value := range jsonwalk.Members(line, 0) {
		i := slices.Index(routing[:], string(name))
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
		m.peek(at[memberParams])
	}
	return m, nil
}

// The members that decide what a message is, and their names.
const (
	memberVersion = iota
	memberID
	memberMethod
	memberParams
	memberResult
	memberError
	members
)

var routing = [members]string{"jsonrpc", "id", "method", "params", "result", "error"}

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

// isID reports whether a value can name a request: a string or a number.
func isID(value []byte) bool {
	return value[0] == '"' || value[0] == '-' || value[0] >= '0' && value[0] <= '9'
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

// notNull returns nil for a value that is null or not there.
func notNull(value []byte) json.RawMessage {
	if len(value) == 0 || string(value) == "null" {
		return nil
	}
	return value
}

// notAbsent returns nil for a value that is not there.
func notAbsent(value []byte) json.RawMessage {
	if len(value) == 0 {
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
