package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"parley/protocol/jsonwalk"
)

// Codes of JSON-RPC errors. The last two are the Agent Client Protocol's.
const (
	CodeInvalidRequest = -32600
	CodeMethodNotFound = -32601
	CodeInvalidParams  = -32602
	CodeInternal       = -32603
	CodeNotFound       = -32002
	CodeAuthRequired   = -32000
)

// Error is the error of a JSON-RPC response.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// Error says what the agent said, its data included.
func (e *Error) Error() string {
	text := e.Message
	if more := e.detail(); more != "" && !strings.Contains(text, more) {
		text = strings.TrimPrefix(text+": "+more, ": ")
	}
	if text == "" {
		return fmt.Sprintf("error %d", e.Code)
	}
	return fmt.Sprintf("%s (error %d)", text, e.Code)
}

// detail is the reason that the data of an error gives: a text, the member that
// agents put one into, or all of it as JSON.
func (e *Error) detail() string {
	raw := bytes.TrimSpace(e.Data)
	if len(raw) == 0 || string(raw) == "null" || !json.Valid(raw) {
		return ""
	}
	if text, ok := jsonwalk.Text(raw); ok {
		return Brief(text)
	}
	reasons := make(map[string]string)
	for name, value := range jsonwalk.Members(raw, 0) {
		if text, ok := jsonwalk.Text(value.Of(raw)); ok && text != "" {
			reasons[string(name)] = text
		}
	}
	for _, name := range []string{"details", "message", "detail", "reason"} {
		if text, ok := reasons[name]; ok {
			return Brief(text)
		}
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return ""
	}
	return Brief(compact.String())
}

// ReadError decodes the error member of a response. Its message, and what Error says
// of its data, are for people; see ForPeople. What is no error object becomes one that quotes it.
func ReadError(raw json.RawMessage) *Error {
	e := new(Error)
	if err := json.Unmarshal(raw, e); err != nil {
		return &Error{Code: CodeInternal, Message: "unreadable error " + ForPeople(string(raw), 200)}
	}
	e.Message = Brief(e.Message)
	return e
}

type outgoing struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Request encodes a request with its line feed. It fails only if params cannot
// be encoded.
func Request(id int64, method string, params any) ([]byte, error) {
	return encode(outgoing{ID: fmt.Append(nil, id), Method: method, Params: params})
}

// Notification encodes a notification with its line feed. It fails only if
// params cannot be encoded.
func Notification(method string, params any) ([]byte, error) {
	return encode(outgoing{Method: method, Params: params})
}

// Result encodes the answer to the request with that id, with its line feed. It
// fails only if result cannot be encoded.
func Result(id json.RawMessage, result any) ([]byte, error) {
	return encode(outgoing{ID: id, Result: result})
}

// Failure encodes an error as the answer to the request with that id, with its
// line feed.
func Failure(id json.RawMessage, failure *Error) []byte {
	line, err := encode(outgoing{ID: id, Error: failure})
	if err != nil { // only the error's data can be at fault
		return Failure(id, &Error{Code: failure.Code, Message: failure.Message})
	}
	return line
}

// encode leaves <, > and & as they are: text for an agent is not HTML.
func encode(m outgoing) ([]byte, error) {
	m.Version = "2.0"
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return buf.Bytes(), nil
}
