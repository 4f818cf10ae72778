package protocol

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
)

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
