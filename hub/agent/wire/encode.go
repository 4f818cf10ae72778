package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Codes of JSON-RPC errors. The last one is the Agent Client Protocol's.
const (
	CodeInvalidRequest = -32600
	CodeMethodNotFound = -32601
	CodeInvalidParams  = -32602
	CodeInternal       = -32603
	CodeNotFound       = -32002
)

// Error is the error of a JSON-RPC response.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("error %d", e.Code)
	}
	return fmt.Sprintf("%s (error %d)", e.Message, e.Code)
}

// Brief cuts a text short that is meant to be a word or a sentence, and that
// people are shown in one.
func Brief(text string) string {
	const most = 4 << 10
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// ReadError decodes the error member of a response, its message cut short. What
// is no error object becomes one that quotes it.
func ReadError(raw json.RawMessage) *Error {
	e := new(Error)
	if err := json.Unmarshal(raw, e); err != nil {
		return &Error{Code: CodeInternal, Message: fmt.Sprintf("unreadable error %.200s", raw)}
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
