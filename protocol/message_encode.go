package protocol

import (
	"encoding/json"
	"reflect"
	"slices"

	"parley/protocol/internal/jsonappend"
)

// Encode encodes a message of the server as one line, without the line end.
func Encode(m ServerMessage) ([]byte, error) {
	switch m := m.(type) {
	case *WelcomeMessage:
		return AppendWelcome(nil, m.ID, &m.Payload, nil)
	case *OKMessage:
		return EncodeAnswer(m.ID, json.RawMessage(valueOr(m.Payload, "{}")), m.Duplicate)
	case *ErrorMessage:
		return encodeTyped(TypeError, m)
	case *PresenceMessage:
		return encodeTyped(TypePresence, m)
	case *TypingMessage:
		return encodeTyped(TypeTyping, m)
	case *PongMessage:
		return encodeTyped(TypePong, m)
	case *UnknownMessage:
		return m.Raw, nil
	}
	return Marshal(m)
}

// encodeTyped encodes m with its type as the first member.
func encodeTyped(t string, m any) ([]byte, error) {
	return pooled(func(b []byte) ([]byte, error) {
		b = append(append(append(b, `{"type":"`...), t...), `",`...)
		at := len(b)
		b, err := appendMarshal(b, m)
		if err != nil {
			return nil, err
		}
		return slices.Delete(b, at, at+len("{")), nil
	})
}

// AppendWelcome appends a welcome to b. Unless participants is nil, it takes the place
// of w.Participants: a list that is encoded already, without its brackets, because a
// server sends the same long list many times.
func AppendWelcome(b []byte, id string, w *Welcome, participants []byte) ([]byte, error) {
	b = slices.Grow(b, listSize(w.Recent)+len(participants)+2048)
	b, err := beginAnswer(b, TypeWelcome, id, false)
	value := reflect.ValueOf(w).Elem()
	for i, m := range welcomeMembers {
		if err != nil {
			return nil, err
		}
		if m.Omit && value.Field(m.Index).IsZero() {
			continue
		}
		b = append(append(b, "{,"[min(i, 1)]), m.Name...)
		switch {
		case m.Name == `"recent":`:
			b = appendRawList(b, w.Recent)
		case m.Name == `"participants":` && participants != nil:
			b = append(append(append(b, '['), participants...), ']')
		default:
			b, err = m.Append(b, value.Field(m.Index))
		}
	}
	return append(b, "}}"...), err
}

var welcomeMembers, _ = jsonappend.MembersOf(reflect.TypeFor[Welcome]())

// EncodeAnswer encodes an [OKMessage] with this payload as one line, without the line
// end. A payload that is a [json.RawMessage] is copied as it is.
func EncodeAnswer(id string, payload any, duplicate bool) ([]byte, error) {
	return pooled(func(b []byte) ([]byte, error) {
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

// EncodeError encodes the [ErrorMessage] that answers a request, as one line without
// the line end. An error that is not an [Error] is encoded as INTERNAL.
func EncodeError(id string, err error) ([]byte, error) {
	return Encode(&ErrorMessage{ID: id, Error: AsError(err).Wire()})
}

// beginAnswer appends an answer up to its payload.
func beginAnswer(b []byte, t, id string, duplicate bool) ([]byte, error) {
	b = append(append(append(b, `{"type":"`...), t...), `","id":`...)
	b, err := jsonappend.String(b, id)
	if duplicate {
		b = append(b, `,"duplicate":true`...)
	}
	return append(b, `,"payload":`...), err
}
