package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// ServerMessage is one line of the server, read: *WelcomeMessage, *OKMessage,
// *ErrorMessage, *Event, *PresenceMessage, *TypingMessage, *PongMessage,
// *Connected, or *UnknownMessage.
type ServerMessage interface{ serverMessage() }

type (
	// WelcomeMessage answers Join and Resume.
	WelcomeMessage struct {
		ID      string  `json:"id"`
		Payload Welcome `json:"payload"`
	}
	// OKMessage says that a command is done, and durable.
	OKMessage struct {
		ID        string          `json:"id"`
		Payload   json.RawMessage `json:"payload"`
		Duplicate bool            `json:"duplicate,omitempty"` // it had been done before
	}
	// ErrorMessage says that a command is not done and nothing changed.
	ErrorMessage struct {
		ID    string    `json:"id,omitempty"`
		Error WireError `json:"error"`
	}
	// WireError is an Error on the wire.
	WireError struct {
		Code         Code   `json:"code"`
		Message      string `json:"message"`
		Retryable    bool   `json:"retryable"`
		RetryAfterMS int64  `json:"retryAfterMs,omitempty"`
	}
	// PresenceMessage is ephemeral.
	PresenceMessage struct {
		Payload Presence `json:"payload"`
	}
	// TypingMessage is ephemeral.
	TypingMessage struct {
		Payload TypingNotice `json:"payload"`
	}
	// PongMessage answers Ping.
	PongMessage struct {
		ID string `json:"id"`
	}
	// UnknownMessage is a line of a type that this version does not know.
	UnknownMessage struct {
		Type string
		Raw  json.RawMessage
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

// Wire returns the error as it stands in an ErrorMessage.
func (e *Error) Wire() WireError {
	return WireError{e.Code, e.Message, e.Entry().Retryable, e.RetryAfter.Milliseconds()}
}

// Err returns the error that came over the wire.
func (w WireError) Err() *Error {
	return &Error{w.Code, w.Message, time.Duration(w.RetryAfterMS) * time.Millisecond}
}

// Encode writes a message of the server as one line without its end.
func Encode(m ServerMessage) ([]byte, error) {
	switch m := m.(type) {
	case *WelcomeMessage:
		return AppendWelcome(nil, m.ID, &m.Payload, nil)
	case *OKMessage:
		return EncodeAnswer(m.ID, json.RawMessage(orEmpty(m.Payload, "{}")), m.Duplicate)
	case *ErrorMessage:
		return typed(TypeError, m)
	case *PresenceMessage:
		return typed(TypePresence, m)
	case *TypingMessage:
		return typed(TypeTyping, m)
	case *PongMessage:
		return typed(TypePong, m)
	case *UnknownMessage:
		return m.Raw, nil
	}
	return Marshal(m)
}

// typed marshals m with its type as the first member.
func typed(t string, m any) ([]byte, error) {
	return written(func(b []byte) ([]byte, error) {
		b = append(append(append(b, `{"type":"`...), t...), `",`...)
		at := len(b)
		b, err := appendMarshal(b, m)
		if err != nil {
			return nil, err
		}
		return slices.Delete(b, at, at+len("{")), nil
	})
}

// AppendWelcome writes a welcome behind what b has. Unless participants is nil
// it is written in place of the welcome's own, encoded already and without the
// brackets of the list: a server sends the same long list again and again.
func AppendWelcome(b []byte, id string, w *Welcome, participants []byte) ([]byte, error) {
	b = slices.Grow(b, listSize(w.Recent)+len(participants)+2048)
	b, err := beginAnswer(b, TypeWelcome, id, false)
	value := reflect.ValueOf(w).Elem()
	for i, m := range welcomeMembers {
		if err != nil {
			return nil, err
		}
		if m.omit && value.Field(m.index).IsZero() {
			continue
		}
		b = append(append(b, "{,"[min(i, 1)]), m.name...)
		switch {
		case m.name == `"recent":`:
			b = appendList(b, w.Recent)
		case m.name == `"participants":` && participants != nil:
			b = append(append(append(b, '['), participants...), ']')
		default:
			b, err = m.write(b, value.Field(m.index))
		}
	}
	return append(b, "}}"...), err
}

var welcomeMembers, _ = membersOf(reflect.TypeFor[Welcome]())

// EncodeAnswer writes an OKMessage around a payload that is not encoded yet, as
// one line without its end. One that is stays as it is.
func EncodeAnswer(id string, payload any, duplicate bool) ([]byte, error) {
	return written(func(b []byte) ([]byte, error) {
		b, err := beginAnswer(b, TypeOK, id, duplicate)
		if err != nil {
			return nil, err
		}
		if raw, ok := payload.(json.RawMessage); ok {
			b = append(b, raw...)
		} else if b, err = appendMarshal(b, payload); err != nil {
			return nil, err
		}
		return append(b, '}'), nil
	})
}

// beginAnswer writes what comes before a payload.
func beginAnswer(b []byte, t, id string, duplicate bool) ([]byte, error) {
	b = append(append(append(b, `{"type":"`...), t...), `","id":`...)
	b, err := appendText(b, id)
	if duplicate {
		b = append(b, `,"duplicate":true`...)
	}
	return append(b, `,"payload":`...), err
}

// DecodeServer reads one line of the server. Unlike what comes from clients it
// is read leniently: a newer server may say more. The result shares nothing
// with line.
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
