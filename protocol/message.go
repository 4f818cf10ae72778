package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Types of server messages other than events.
const (
	TypeWelcome  = "welcome"
	TypeOK       = "ok"
	TypeError    = "error"
	TypePresence = "presence"
	TypeTyping   = "typing"
	TypePong     = "pong"

	// TypeConnected is the type of the first line of an SSE stream.
	TypeConnected = "connected"
)

// ServerMessage is one decoded line of the server: a [*WelcomeMessage], [*OKMessage],
// [*ErrorMessage], [*Event], [*PresenceMessage], [*TypingMessage], [*PongMessage],
// [*Connected] or [*UnknownMessage]. Server to client.
type ServerMessage interface{ serverMessage() }

type (
	// WelcomeMessage answers [Join] and [Resume]. Server to client.
	WelcomeMessage struct {
		ID      string  `json:"id"`
		Payload Welcome `json:"payload"`
	}
	// OKMessage confirms that a command took effect and is durable. Server to client.
	OKMessage struct {
		ID        string          `json:"id"`
		Payload   json.RawMessage `json:"payload"`
		Duplicate bool            `json:"duplicate,omitempty"` // whether the command had taken effect before
	}
	// ErrorMessage says that a command failed and changed nothing. Server to client.
	ErrorMessage struct {
		ID    string    `json:"id,omitempty"` // of the command; empty if its id could not be read
		Error WireError `json:"error"`
	}
	// WireError is an [Error] in an [ErrorMessage]. Server to client.
	WireError struct {
		Code         Code   `json:"code"`
		Message      string `json:"message"` // for people
		Retryable    bool   `json:"retryable"`
		RetryAfterMS int64  `json:"retryAfterMs,omitempty"` // in milliseconds; zero if unknown
		Field        string `json:"field,omitempty"`        // the name of the field of a form that has a wrong value
	}
	// PresenceMessage reports changes of presence. Server to client, ephemeral.
	PresenceMessage struct {
		Payload Presence `json:"payload"`
	}
	// TypingMessage reports that a participant types or has stopped. Server to client,
	// ephemeral.
	TypingMessage struct {
		Payload TypingNotice `json:"payload"`
	}
	// PongMessage answers [Ping]. Server to client.
	PongMessage struct {
		ID string `json:"id"`
	}
	// UnknownMessage is a line of a type that this version does not know. Server to
	// client.
	UnknownMessage struct {
		Type string
		Raw  json.RawMessage // the whole line
	}
	// Connected is the first message of an SSE stream. Server to client.
	Connected struct {
		Type            string `json:"type"` // TypeConnected
		SharedSessionID string `json:"sharedSessionId"`
		Timestamp       string `json:"timestamp"`
		Cursor          string `json:"cursor"` // the stream continues after this event
		Resume          string `json:"resume"` // as in Welcome
	}
)

func (*WelcomeMessage) serverMessage()  {}
func (*OKMessage) serverMessage()       {}
func (*ErrorMessage) serverMessage()    {}
func (*Event) serverMessage()           {}
func (*PresenceMessage) serverMessage() {}
func (*TypingMessage) serverMessage()   {}
func (*PongMessage) serverMessage()     {}
func (*Connected) serverMessage()       {}
func (*UnknownMessage) serverMessage()  {}

// Wire returns the error as part of an [ErrorMessage].
func (e *Error) Wire() WireError {
	return WireError{e.Code, e.Message, e.Entry().Retryable, e.RetryAfter.Milliseconds(), e.Field}
}

// Err returns the error that was sent as w.
func (w WireError) Err() *Error {
	return &Error{Code: w.Code, Message: w.Message, RetryAfter: time.Duration(w.RetryAfterMS) * time.Millisecond, Field: w.Field}
}

// DecodeServer decodes one line of the server. It is lenient, since a newer server may
// send more: it ignores unknown members and returns an [*UnknownMessage] for an unknown
// type. The result shares no memory with line.
func DecodeServer(line []byte) (ServerMessage, error) {
	var head struct {
		Type   string `json:"type"`
		Cursor string `json:"cursor"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, fmt.Errorf("decode server message: %w", err)
	}
	m := newServerMessage(head.Type, head.Cursor != "")
	if u, unknown := m.(*UnknownMessage); unknown {
		u.Type, u.Raw = head.Type, bytes.Clone(line)
		return u, nil
	}
	if err := json.Unmarshal(line, m); err != nil {
		return nil, fmt.Errorf("decode server message %.40q: %w", head.Type, err)
	}
	return m, nil
}

func newServerMessage(t string, isEvent bool) ServerMessage {
	switch t {
	case TypeWelcome:
		return new(WelcomeMessage)
	case TypeOK:
		return new(OKMessage)
	case TypeError:
		return new(ErrorMessage)
	case TypePresence:
		return new(PresenceMessage)
	case TypeTyping:
		return new(TypingMessage)
	case TypePong:
		return new(PongMessage)
	case TypeConnected:
		return new(Connected)
	}
	if isEvent {
		return new(Event)
	}
	return new(UnknownMessage)
}
