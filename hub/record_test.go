package hub

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is stored today must be read by every later version: a change of these
// vectors is a change of the format, and needs a new recordVersion.
const (
	goldenStart  = "605224447dd9d7b4a2d34142f77ed70a66fa7af55a28448944fdb61980cf6469"
	goldenHash   = "b8e4bcacb11e9d33e97693ca76a0632c570e743a31a755d6efdcba7487a93c47"
	goldenStored = "54015e551000000000000000000000000001000000000000012c00064c2bc70bae190e6d" +
		"6573736167655f706f73746564127b2274657874223a226772c3bcc39f65227d107b2263" +
		"6f6d6d616e64223a226331227d04ac7f51"
)

func TestRecord_is_stored_and_hashed_as_ever(t *testing.T) {
	r := goldenRecord()
	start := ChainStart(r.Session)
	require.Equal(t, goldenStart, hex.EncodeToString(start[:]))
	r.Seal(start)
	require.Equal(t, goldenHash, hex.EncodeToString(r.Hash[:]))
	require.Equal(t, goldenStored, hex.EncodeToString(AppendRecord(nil, &r)))

	stored, err := hex.DecodeString(goldenStored)
	require.NoError(t, err)
	back, rest, err := DecodeRecord(stored, start)
	require.NoError(t, err)
	require.Empty(t, rest)
	require.Equal(t, r, back)
}

func TestRecord_is_read_back_whatever_it_holds(t *testing.T) {
	id := NewHostSessionID()
	for _, test := range []struct {
		name string
		r    Record
	}{
		{"nothing", Record{Session: id}},
		{"no private part", Record{Session: id, Seq: 1, Type: "t", Public: []byte("{}")}},
		{"a time before 1970", Record{Session: id, Time: time.Date(1969, 1, 2, 3, 4, 5, 6000, time.UTC)}},
		{"the largest number", Record{Session: id, Seq: 1<<64 - 1}},
		{"bytes that are not text", Record{Session: id, Type: "\x00\xff", Public: []byte{0, 0xff}, Private: []byte{0x80}}},
		{"4 MiB", Record{Session: id, Public: bytes.Repeat([]byte("x"), 4<<20)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			prev := Hash{1}
			test.r.Seal(prev)
			tail := []byte("what follows")
			got, rest, err := DecodeRecord(append(AppendRecord(nil, &test.r), tail...), prev)
			require.NoError(t, err)
			require.Equal(t, tail, rest)
			require.Equal(t, test.r.Hash, got.Hash)
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
		r := goldenRecord()
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
		"a byte moved from one field to the next": sealed(func(r *Record) {
			r.Public, r.Private = append(bytes.Clone(r.Public), r.Private[0]), r.Private[1:]
		}, Hash{}),
	} {
		require.NotContains(t, seen, hash, name)
		seen[hash] = name
	}
}

func TestDecodeRecord_refuses_every_flipped_bit_and_every_cut(t *testing.T) {
	r := goldenRecord()
	whole := AppendRecord(nil, &r)
	for i := range whole {
		for bit := range 8 {
			damaged := bytes.Clone(whole)
			damaged[i] ^= 1 << bit
			_, _, err := DecodeRecord(damaged, Hash{})
			require.Error(t, err, "bit %d of byte %d", bit, i)
		}
		_, _, err := DecodeRecord(whole[:i], Hash{})
		require.Error(t, err, "cut to %d bytes", i)
	}
}

func TestDecodeRecord_names_a_version_it_does_not_know(t *testing.T) {
	r := goldenRecord()
	body := r.appendBody(nil)
	body[0] = 2
	_, err := decodeBody(body)
	require.ErrorContains(t, err, "version 2")
}

func TestChainStart_differs_between_sessions(t *testing.T) {
	require.NotEqual(t, ChainStart(SessionID{1}), ChainStart(SessionID{2}))
}
