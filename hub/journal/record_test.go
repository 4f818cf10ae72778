package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// golden has a record of each format in its stored form, which every later version
// must decode. A change of these vectors changes a format, and needs a new
// RecordFormat.
var golden = map[RecordFormat]struct{ start, hash, stored string }{
	RecordFormat1: {
		start: "605224447dd9d7b4a2d34142f77ed70a66fa7af55a28448944fdb61980cf6469",
		hash:  "b8e4bcacb11e9d33e97693ca76a0632c570e743a31a755d6efdcba7487a93c47",
		stored: "54015e551000000000000000000000000001000000000000012c00064c2bc70bae190e6d" +
			"6573736167655f706f73746564127b2274657874223a226772c3bcc39f65227d107b2263" +
			"6f6d6d616e64223a226331227d04ac7f51",
	},
	RecordFormat2: {
		start: "c0f29a9e8c26b5cdb30109251dce1e3c130024a7b08e36bc5cc202a17f27c868",
		hash:  "0dad7a5c9ea896954431f3af912d9d30de5b4676a92369a60abf0c2e6a0bbf91",
		stored: "74025e551000000000000000000000000001000000000000012c00064c2bc70bae190e6d" +
			"6573736167655f706f73746564127b2274657874223a226772c3bcc39f65227d01020300" +
			"000000000000000000000000107b22636f6d6d616e64223a226331227d00000000000000" +
			"0000000000000000ff4582d828",
	},
}

func TestRecord_formats_are_stable(t *testing.T) {
	for format, want := range golden {
		r := goldenRecord(format)
		start := startIn(format, r.Session)
		require.Equal(t, want.start, hex.EncodeToString(start[:]), "format %d", format)
		r.Seal(start)
		require.Equal(t, want.hash, hex.EncodeToString(r.Hash[:]), "format %d", format)
		require.Equal(t, want.stored, hex.EncodeToString(AppendRecord(nil, &r)), "format %d", format)

		stored, err := hex.DecodeString(want.stored)
		require.NoError(t, err)
		back, rest, err := DecodeRecord(stored, start)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Equal(t, r, back)
	}
}

// The test computes the hash by the documentation of the format.
func TestRecord_hash_depends_on_the_digests_of_the_parts(t *testing.T) {
	r := goldenRecord(RecordFormat2)
	r.Seal(Hash{7})
	header := []byte{2}
	header = append(header, r.Session[:]...)
	header = binary.BigEndian.AppendUint64(header, 300)
	header = binary.BigEndian.AppendUint64(header, uint64(r.Time.UnixMicro()))
	header = append(header, "\x0emessage_posted"...)
	public := sha256.Sum256(append(r.PublicSalt[:], r.Public...))
	private := sha256.Sum256(append(r.PrivateSalt[:], r.Private...))
	header = append(append(header, public[:]...), private[:]...)
	before := Hash{7}
	require.Equal(t, Hash(sha256.Sum256(append(before[:], header...))), r.Hash)
}

func TestSeal_draws_a_salt_for_each_part_that_is_not_empty(t *testing.T) {
	seen := map[Salt]bool{}
	for range 100 {
		r := Record{Public: []byte("{}"), Private: []byte("{}")}
		r.Seal(Hash{})
		require.Equal(t, RecordFormat2, r.Format)
		for _, salt := range []Salt{r.PublicSalt, r.PrivateSalt} {
			require.False(t, seen[salt], "a salt was drawn twice")
			seen[salt] = true
		}
		again := r
		again.Seal(Hash{})
		require.Equal(t, r, again, "a sealed record keeps its salts")
	}
	r := Record{Public: []byte("{}")}
	r.Seal(Hash{})
	require.Zero(t, r.PrivateSalt)
}

func TestDecodeRecord_returns_the_record_that_was_appended(t *testing.T) {
	id := NewHostSessionID()
	for _, test := range []struct {
		name string
		r    Record
	}{
		{"nothing", Record{Session: id}},
		{"no private part", Record{Session: id, Seq: 1, Type: "t", Public: []byte("{}")}},
		{"a time before 1970", Record{Session: id, Time: time.Date(1969, 1, 2, 3, 4, 5, 6000, time.UTC)}},
		{"the largest number", Record{Session: id, Seq: 1<<64 - 1}},
		{"invalid UTF-8", Record{Session: id, Type: "\x00\xff", Public: []byte{0, 0xff}, Private: []byte{0x80}}},
		{"4 MiB", Record{Session: id, Public: bytes.Repeat([]byte("x"), 4<<20)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			prev := Hash{1}
			test.r.Seal(prev)
			tail := []byte("the rest")
			got, rest, err := DecodeRecord(append(AppendRecord(nil, &test.r), tail...), prev)
			require.NoError(t, err)
			require.Equal(t, tail, rest)
			require.Equal(t, test.r.Hash, got.Hash)
			require.Equal(t, test.r.Format, got.Format)
			require.Equal(t, test.r.Seq, got.Seq)
			require.Equal(t, test.r.Type, got.Type)
			require.True(t, test.r.Time.Equal(got.Time) || test.r.Time.IsZero())
			require.True(t, bytes.Equal(test.r.Public, got.Public))
			require.True(t, bytes.Equal(test.r.Private, got.Private))
		})
	}
}

func TestRecord_hash_covers_every_field_and_the_hash_before(t *testing.T) {
	sealed := func(change func(*Record), prev Hash) Hash {
		r := goldenRecord(RecordFormat2)
		change(&r)
		r.Seal(prev)
		return r.Hash
	}
	same := func(*Record) {}
	seen := map[Hash]string{sealed(same, Hash{}): "unchanged"}
	require.Contains(t, seen, sealed(same, Hash{}), "the same record has the same hash")
	for name, hash := range map[string]Hash{
		"hash before": sealed(same, Hash{1}),
		"session":     sealed(func(r *Record) { r.Session[3] = 9 }, Hash{}),
		"number":      sealed(func(r *Record) { r.Seq++ }, Hash{}),
		"time":        sealed(func(r *Record) { r.Time = r.Time.Add(time.Microsecond) }, Hash{}),
		"type":        sealed(func(r *Record) { r.Type = "x" }, Hash{}),
		"public":      sealed(func(r *Record) { r.Public = nil }, Hash{}),
		"private":     sealed(func(r *Record) { r.Private = nil }, Hash{}),
		"a salt":      sealed(func(r *Record) { r.PublicSalt[15]++ }, Hash{}),
		"other salt":  sealed(func(r *Record) { r.PrivateSalt[0]++ }, Hash{}),
		"a byte moved from one field to the next": sealed(func(r *Record) {
			r.Public, r.Private = append(bytes.Clone(r.Public), r.Private[0]), r.Private[1:]
		}, Hash{}),
	} {
		require.NotContains(t, seen, hash, name)
		seen[hash] = name
	}
}

func TestDecodeRecord_refuses_any_flipped_bit_and_any_truncation(t *testing.T) {
	for format := range golden {
		r := goldenRecord(format)
		whole := AppendRecord(nil, &r)
		for i := range whole {
			for bit := range 8 {
				damaged := bytes.Clone(whole)
				damaged[i] ^= 1 << bit
				_, _, err := DecodeRecord(damaged, Hash{})
				require.Error(t, err, "format %d, bit %d of byte %d", format, bit, i)
			}
			_, _, err := DecodeRecord(whole[:i], Hash{})
			require.Error(t, err, "format %d, truncated to %d bytes", format, i)
		}
	}
}

func TestDecodeRecord_names_an_unknown_format(t *testing.T) {
	r := goldenRecord(RecordFormat2)
	body := r.appendBody(nil)
	for _, format := range []byte{0, 3, 255} {
		body[0] = format
		_, err := decodeBody(body)
		require.EqualError(t, err, fmt.Sprintf("record format %d is unknown", format))
	}
}

func TestChainStart_differs_between_sessions_and_formats(t *testing.T) {
	require.NotEqual(t, ChainStart(SessionID{1}), ChainStart(SessionID{2}))
	require.True(t, IsChainStart(SessionID{1}, ChainStart(SessionID{1})))
	require.True(t, IsChainStart(SessionID{1}, chainStart1(SessionID{1})))
	require.False(t, IsChainStart(SessionID{1}, chainStart1(SessionID{2})))
}

func startIn(format RecordFormat, id SessionID) Hash {
	if format == RecordFormat1 {
		return chainStart1(id)
	}
	return ChainStart(id)
}
