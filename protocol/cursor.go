package protocol

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Cursor names an event of a session by its number and the beginning of its
// hash, so that a cursor of another session, or of a journal that was since
// restored from an older backup, is recognised. It is opaque to clients.
type Cursor struct {
	Seq uint64
	Tag [12]byte // the first bytes of the event's hash
}

const cursorBytes = 8 + 12

// NewCursor returns the cursor of the event with this number and hash.
func NewCursor(seq uint64, hash [32]byte) Cursor {
	return Cursor{Seq: seq, Tag: [12]byte(hash[:12])}
}

// ParseCursor reads the text form.
func ParseCursor(s string) (Cursor, error) {
	// The length is checked on the text: the decoder skips line ends.
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

// MarshalText writes the text form.
func (c Cursor) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the text form.
func (c *Cursor) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCursor(string(text))
	return err
}
