package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"parley/protocol/jsonwalk"
)

// Codes of JSON-RPC errors, from the JSON-RPC 2.0 specification, section 5.1, and from
// the Agent Client Protocol.
const (
	CodeInvalidRequest = -32600 // JSON-RPC: Invalid Request
	CodeMethodNotFound = -32601 // JSON-RPC: Method not found
	CodeInvalidParams  = -32602 // JSON-RPC: Invalid params
	CodeInternal       = -32603 // JSON-RPC: Internal error
	CodeNotFound       = -32002 // ACP: Resource not found
	CodeCancelled      = -32800 // ACP: Request cancelled
	CodeUnsupported    = -32022 // ACP: Unsupported protocol version
	CodeAuthRequired   = -32000 // ACP: Authentication required
)

// Error is the error of a JSON-RPC response.
type Error struct {
	Code    int             `json:"code"`           // a code such as [CodeInternal]
	Message string          `json:"message"`        // a sentence
	Data    json.RawMessage `json:"data,omitempty"` // details; any JSON value
}

// codeTexts say in words what a code means, for an error without a message.
var codeTexts = map[int]string{
	CodeInvalidRequest: "the request is not valid",
	CodeMethodNotFound: "there is no such method",
	CodeInvalidParams:  "the parameters are not valid",
	CodeInternal:       "an internal error",
	CodeNotFound:       "the resource does not exist",
	CodeCancelled:      "the request was cancelled",
	CodeUnsupported:    "the protocol version is not supported",
	CodeAuthRequired:   "authentication is required",
}

// Error returns the message and the reason in the data. A code that is defined is put into
// words, if there are no others; one of the agent's own is shown, since people may need it to
// find help.
func (e *Error) Error() string {
	text := e.Message
	if more := e.detail(); more != "" && !strings.Contains(text, more) {
		text = strings.TrimPrefix(text+": "+more, ": ")
	}
	meaning, defined := codeTexts[e.Code]
	switch {
	case defined && text == "":
		return meaning
	case defined:
		return text
	case text == "":
		return fmt.Sprintf("error %d", e.Code)
	}
	return fmt.Sprintf("%s (error %d)", text, e.Code)
}

// detail returns the reason in the data: a text, the member in which agents put a text,
// or otherwise the data as JSON.
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

// DecodeError decodes the error member of a response. It makes the message fit for
// people with [Brief]; [Error.Error] does so with the data. If raw is not an error
// object, DecodeError returns an error that quotes it.
func DecodeError(raw json.RawMessage) *Error {
	e := new(Error)
	if err := json.Unmarshal(raw, e); err != nil {
		return &Error{Code: CodeInternal, Message: "malformed error " + ForPeople(string(raw), 200)}
	}
	e.Message = Brief(e.Message)
	return e
}

// outgoing is a message to an agent.
type outgoing struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  any             `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Request encodes a request, with a line feed. It returns an error only if params cannot
// be encoded.
func Request(id int64, method string, params any) ([]byte, error) {
	return encode(outgoing{ID: fmt.Append(nil, id), Method: method, Params: params})
}

// Notification encodes a notification, with a line feed. It returns an error only if
// params cannot be encoded.
func Notification(method string, params any) ([]byte, error) {
	return encode(outgoing{Method: method, Params: params})
}

// Result encodes the answer to a request by its id, with a line feed. It returns an
// error only if result cannot be encoded.
func Result(id json.RawMessage, result any) ([]byte, error) {
	return encode(outgoing{ID: id, Result: result})
}

// Failure encodes an error as the answer to a request by its id, with a line feed. It
// omits data that is not JSON.
func Failure(id json.RawMessage, failure *Error) []byte {
	line, err := encode(outgoing{ID: id, Error: failure})
	if err != nil { // only the data can be invalid
		return Failure(id, &Error{Code: failure.Code, Message: failure.Message})
	}
	return line
}

// encode does not escape <, > and &, since text for an agent is not HTML.
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
