package protocol

import (
	"bytes"
	"encoding/json"
	"iter"
	"time"
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

// Subprotocol is the WebSocket subprotocol of this version of the protocol.
const Subprotocol = "parley.v1"

// IdentityPrefix begins the credentials that a server gives to people who have signed in with
// its identity provider.
const IdentityPrefix = "parleyid_"

// Heartbeat is the interval at which the server pings a WebSocket connection and
// writes a comment to an event stream. The server drops a connection that misses two
// pings.
const Heartbeat = 15 * time.Second

// FirstCommandTimeout is the time within which a new connection must join or resume.
const FirstCommandTimeout = 10 * time.Second

// Limits bound what a client may send, in bytes unless stated otherwise. [Welcome]
// contains them, so that a client can check before it sends. Server to client.
type Limits struct {
	MessageBytes int `json:"messageBytes"` // the text of a chat message
	PromptBytes  int `json:"promptBytes"`  // the text of a prompt
	FrameBytes   int `json:"frameBytes"`   // a WebSocket message, a REST body
	RecentEvents int `json:"recentEvents"` // the number of events that a welcome contains at most
	HistoryLimit int `json:"historyLimit"` // the number of events that an answer to history contains at most

	ContentBlocks           int   `json:"contentBlocks,omitempty"`           // the number of content blocks of a prompt or message
	AttachmentBytes         int64 `json:"attachmentBytes,omitempty"`         // one attachment; 0 if the server accepts none
	AttachmentsBytes        int64 `json:"attachmentsBytes,omitempty"`        // the attachments of one prompt or message together; 0 if the server accepts none
	SessionAttachmentsBytes int64 `json:"sessionAttachmentsBytes,omitempty"` // all attachments of a session together, each counted as 16 KiB at least; 0 if the server accepts none
}

// DefaultLimits are the limits of a server unless it is configured otherwise.
var DefaultLimits = Limits{
	MessageBytes: 32 << 10,
	PromptBytes:  256 << 10,
	FrameBytes:   1 << 20,
	RecentEvents: 200,
	HistoryLimit: 500,

	ContentBlocks:           16,
	AttachmentBytes:         10 << 20,
	AttachmentsBytes:        20 << 20,
	SessionAttachmentsBytes: 200 << 20,
}

// Fixed limits.
const (
	MaxNameLength      = 128     // characters of a user id or a display name
	MaxCommandIDLength = 64      // characters
	MaxIDLength        = 64      // bytes of an id that other clients receive; the server's own ids are UUIDs
	MaxReasonLength    = 1 << 10 // bytes
)
