package protocol

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// Event is a change in a session, numbered and durable. Server to client, over
// WebSocket, SSE, long polling and in histories alike.
type Event struct {
	Type            EventType `json:"type"`
	Cursor          Cursor    `json:"cursor"`
	SharedSessionID string    `json:"sharedSessionId"`
	Timestamp       time.Time `json:"timestamp"`
	// Redaction says that the event contains a secret that not all readers see.
	Redaction Redaction `json:"redaction,omitempty"`
	Payload   Payload   `json:"payload"`
}

// Redaction says how a reader receives an event that contains a secret.
type Redaction string

const (
	// RedactionMasked means that [redacted] stands in the place of each secret.
	RedactionMasked Redaction = "masked"
	// RedactionOriginal means that the event is whole, and that others see it masked.
	RedactionOriginal Redaction = "original"
)

// UnmarshalJSON decodes an event, with a payload of the Go type that its type names.
func (e *Event) UnmarshalJSON(data []byte) error {
	type plain Event
	wire := struct {
		*plain
		Payload json.RawMessage `json:"payload"`
	}{plain: (*plain)(e)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	var err error
	e.Payload, err = DecodePayload(e.Type, wire.Payload)
	return err
}

// EncodeEvent encodes an event for clients. It copies an encoded payload byte for
// byte, since encoding/json would compact and escape the bytes of the agent.
func EncodeEvent(t EventType, c Cursor, sharedSessionID string, at time.Time, payload []byte) []byte {
	return EncodeRedacted(t, c, sharedSessionID, at, "", payload)
}

// EncodeRedacted is [EncodeEvent] for an event that some readers receive in another form.
func EncodeRedacted(t EventType, c Cursor, sharedSessionID string, at time.Time, redaction Redaction, payload []byte) []byte {
	b := make([]byte, 0, len(payload)+192)
	b = append(b, `{"type":"`...)
	b = append(b, t...)
	b = append(b, `","cursor":"`...)
	b = append(b, c.String()...)
	b = append(b, `","sharedSessionId":"`...)
	b = append(b, sharedSessionID...)
	b = append(b, `","timestamp":"`...)
	b = at.UTC().AppendFormat(b, time.RFC3339Nano)
	if redaction != "" {
		b = append(b, `","redaction":"`...)
		b = append(b, redaction...)
	}
	b = append(b, `","payload":`...)
	b = append(b, payload...)
	return append(b, '}')
}

// EncodeHidden encodes what a reader receives in the place of an event that is not for it:
// the type [TypeHidden] and the cursor.
func EncodeHidden(c Cursor) []byte {
	return slices.Concat([]byte(`{"type":"`+TypeHidden+`","cursor":"`), []byte(c.String()), []byte(`"}`))
}

// MarshalPayload encodes the payload of an event. It copies what the agent wrote byte
// for byte, and does not escape for HTML.
func MarshalPayload(p Payload) ([]byte, error) {
	switch p := p.(type) {
	case *HostSessionUpdate:
		return slices.Concat([]byte(`{"notification":`), nullIfEmpty(p.Notification), []byte{'}'}), nil
	case *PermissionRequested:
		return marshalPermission(p.Permission)
	case *UnknownPayload:
		return nullIfEmpty(p.Raw), nil
	}
	return Marshal(p)
}

// marshalPermission copies what the agent has sent byte for byte.
func marshalPermission(p Permission) ([]byte, error) {
	toolCall, options := nullIfEmpty(p.ToolCall), nullIfEmpty(p.Options)
	rest, err := Marshal(struct {
		RequestID   string `json:"requestId"`
		Title       string `json:"title,omitempty"`
		Description string `json:"description,omitempty"`
	}{p.RequestID, p.Title, p.Description})
	if err != nil {
		return nil, err
	}
	return slices.Concat(rest[:len(rest)-1], []byte(`,"toolCall":`), toolCall, []byte(`,"options":`), options, []byte{'}'}), nil
}

func nullIfEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// DecodePayload decodes the payload of an event of type t. It returns an
// [*UnknownPayload] for a type that this version does not know. The result shares no
// memory with raw.
func DecodePayload(t EventType, raw []byte) (Payload, error) {
	newPayload, known := payloads[t]
	if !known {
		return &UnknownPayload{Type: t, Raw: bytes.Clone(raw)}, nil
	}
	p := newPayload()
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, err
	}
	return p, nil
}

// UnknownPayload is the payload of an event whose type this version does not know.
// Clients keep it and show what they can. Server to client.
type UnknownPayload struct {
	Type EventType
	Raw  json.RawMessage
}

// EventType returns the type that was received.
func (p *UnknownPayload) EventType() EventType { return p.Type }

// MarshalJSON returns the payload as it was received, and null for a missing one.
func (p *UnknownPayload) MarshalJSON() ([]byte, error) { return nullIfEmpty(p.Raw), nil }

// Cursor names an event of a session by its number and the beginning of its hash. The
// hash identifies cursors of another session, and those of a journal that has since
// been restored from an older backup. Clients treat cursors as opaque. Both directions.
type Cursor struct {
	Seq uint64   // the number of the event, from 1
	Tag [12]byte // the first bytes of the event's hash
}

const cursorBytes = 8 + 12

// NewCursor returns the cursor of the event with this number and hash.
func NewCursor(seq uint64, hash [32]byte) Cursor {
	return Cursor{Seq: seq, Tag: [12]byte(hash[:12])}
}

// ParseCursor parses the text form of a cursor.
func ParseCursor(s string) (Cursor, error) {
	// The length check is on the text, since the decoder skips line ends.
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != cursorBytes || len(s) != base64.RawURLEncoding.EncodedLen(cursorBytes) {
		return Cursor{}, errors.New("not a cursor")
	}
	return Cursor{Seq: binary.BigEndian.Uint64(b), Tag: [12]byte(b[8:])}, nil
}

// String returns the text form: 27 characters of base64url.
func (c Cursor) String() string {
	var b [cursorBytes]byte
	binary.BigEndian.PutUint64(b[:], c.Seq)
	copy(b[8:], c.Tag[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// MarshalText returns the text form.
func (c Cursor) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText parses the text form.
func (c *Cursor) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCursor(string(text))
	return err
}
