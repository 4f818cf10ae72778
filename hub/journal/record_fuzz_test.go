package journal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzDecodeRecord decodes arbitrary bytes, as a damaged disk may hold. DecodeRecord
// must not panic, and encoding the record that it returns must yield the same record.
func FuzzDecodeRecord(f *testing.F) {
	r, first := goldenRecord(RecordFormat2), goldenRecord(RecordFormat1)
	whole := AppendRecord(nil, &r)
	f.Add(whole)
	f.Add(AppendRecord(nil, &first))
	f.Add(append(AppendRecord(nil, &r), whole...))
	f.Add(whole[:len(whole)-1])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, rest, err := DecodeRecord(b, Hash{})
		if err != nil {
			return
		}
		require.Less(t, len(rest), len(b))
		again, _, err := DecodeRecord(AppendRecord(nil, &got), Hash{})
		require.NoError(t, err)

		require.Equal(t, got, again)
	})
}

// goldenRecord is the record of a format's vector in record_test.go.
func goldenRecord(format RecordFormat) Record {
	r := Record{
		Format:  format,
		Session: SessionID{0x5e, 0x55, 0x10, 15: 0x01},
		Seq:     300,
		Time:    time.Date(2026, 3, 4, 5, 6, 7, 89_000, time.UTC),
		Type:    "message_posted",
		Public:  []byte(`{"text":"grüße"}`),
		Private: []byte(`{"command":"c1"}`),
	}
	if format != RecordFormat1 {
		r.PublicSalt, r.PrivateSalt = Salt{1, 2, 3}, Salt{15: 0xff}
	}
	return r
}
