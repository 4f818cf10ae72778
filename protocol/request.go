package protocol

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"

	"parley/protocol/jsonwalk"
)

// Request is a command with its id. Client to server.
type Request struct {
	ID      string // chosen by the client; also the idempotency key
	Command Command
}

// ErrNotProtocol is the error of [DecodeRequest] for a line that is not a JSON object
// with a string type. The server closes the connection with [CloseNotProtocol].
var ErrNotProtocol = Errorf(CodeInvalidRequest, "the line is not a JSON object with a string type")

// SplitLines yields the lines of a WebSocket message, each of which holds one JSON
// object. It skips blank lines.
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

// DecodeRequest decodes one line of a client and normalizes the command. Its error is
// [ErrNotProtocol] or another [*Error]. Request.ID is set if the line has a valid
// one, so that the server can answer the error.
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
	if req.ID, isString = jsonwalk.Text(id); !isString || !isUnicode(id) || !isCommandID(req.ID) {
		return Request{}, Errorf(CodeInvalidRequest, "id must be a string of 1 to %d characters", MaxCommandIDLength)
	}
	if !isUnicode(line) {
		return req, errNotUnicode
	}
	newCommand, known := commands[CommandType(word)]
	if !known {
		return req, Errorf(CodeInvalidRequest, "unknown command type %.40q", word)
	}
	req.Command = newCommand()
	if err := decodeValid(valueOr(payload, "{}"), req.Command); err != nil {
		return req, err
	}
	return req, req.Command.Normalize(limits)
}

// valueOr returns raw, or otherwise if raw is missing or null.
func valueOr(raw json.RawMessage, otherwise string) []byte {
	if isNull(raw) {
		return []byte(otherwise)
	}
	return raw
}

func isCommandID(id string) bool {
	return id != "" && utf8.RuneCountInString(id) <= MaxCommandIDLength
}

// EncodeRequest encodes a command as one line, without the line end.
func EncodeRequest(req Request) ([]byte, error) {
	return Marshal(struct {
		ID      string      `json:"id"`
		Type    CommandType `json:"type"`
		Payload Command     `json:"payload"`
	}{req.ID, req.Command.CommandType(), req.Command})
}
