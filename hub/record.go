package hub

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"slices"
	"sync"
	"time"
)

// Seq numbers the events of one session from 1, without a hole. 0 stands for
// the place before the first.
type Seq uint64

// Hash is the SHA-256 that chains an event to all that came before it.
type Hash [sha256.Size]byte

// Head is the newest event of a session's journal.
type Head struct {
	Seq  Seq
	Hash Hash
}

// Record is one event as the journal holds it.
type Record struct {
	Session SessionID
	Seq     Seq
	Time    time.Time // UTC, in whole microseconds
	Type    string    // at most 255 bytes
	Public  []byte    // JSON: the payload that everyone is shown
	Private []byte    // JSON: what the rules need and nobody is shown; empty when there is none
	Hash    Hash      // H(n), covers every field above and H(n-1)
}

// recordVersion is the first byte of every body. A decoder that meets another
// one reports it and does not guess.
const recordVersion = 1

var (
	errTruncated = errors.New("record is cut short")
	errChecksum  = errors.New("record does not match its CRC")
	castagnoli   = crc32.MakeTable(crc32.Castagnoli)
)

// ChainStart returns H(0), the hash that a session's first event builds on.
func ChainStart(id SessionID) Hash {
	return sha256.Sum256(append([]byte("parley.v1"), id[:]...))
}

// Seal sets r.Hash to H(n) = SHA-256(H(n-1) ‖ body), where prev is H(n-1).
func (r *Record) Seal(prev Hash) {
	body := bodies.Get().(*[]byte)
	*body = r.appendBody((*body)[:0])
	r.Hash = chain(prev, *body)
	if cap(*body) <= maxKeptBody {
		bodies.Put(body)
	}
}

// bodies are written to be hashed, and then used again.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBody keeps the memory of a large event from staying in use.
const maxKeptBody = 64 << 10

func chain(prev Hash, body []byte) Hash {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(body)
	var sum Hash
	h.Sum(sum[:0])
	return sum
}

// appendBody writes version ‖ session ‖ number ‖ microseconds ‖ type ‖ public
// ‖ private, the last three each behind its length.
func (r *Record) appendBody(b []byte) []byte {
	b = append(b, recordVersion)
	b = append(b, r.Session[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixMicro()))
	b = appendField(b, r.Type)
	b = appendField(b, r.Public)
	return appendField(b, r.Private)
}

func appendField[T string | []byte](b []byte, field T) []byte {
	b = binary.AppendUvarint(b, uint64(len(field)))
	return append(b, field...)
}

// fixedSize is what the fields of a body take that are always as long.
const fixedSize = 1 + 16 + 8 + 8

// bodySize is how much appendBody appends.
func (r *Record) bodySize() int {
	return fixedSize + fieldSize(len(r.Type)) + fieldSize(len(r.Public)) + fieldSize(len(r.Private))
}

// fieldSize is how much appendField appends for a field of n bytes.
func fieldSize(n int) int { return (bits.Len(uint(n)|1)+6)/7 + n }

// AppendRecord writes r as engines store it: the length of the body, the body,
// and the body's CRC-32C.
func AppendRecord(b []byte, r *Record) []byte {
	size := r.bodySize()
	b = slices.Grow(b, fieldSize(size)+crc32.Size)
	b = binary.AppendUvarint(b, uint64(size))
	b = r.appendBody(b)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b[len(b)-size:], castagnoli))
}

// DecodeRecord reads the first record of b, computes its hash on prev and
// returns what follows it. The record's byte slices are views into b. It never
// panics, whatever b holds; any error means that b is damaged or of an unknown
// version.
func DecodeRecord(b []byte, prev Hash) (r Record, rest []byte, err error) {
	body, rest, err := takeBytes(b)
	if err != nil {
		return Record{}, nil, err
	}
	if len(rest) < 4 {
		return Record{}, nil, errTruncated
	}
	if binary.BigEndian.Uint32(rest) != crc32.Checksum(body, castagnoli) {
		return Record{}, nil, errChecksum
	}
	if r, err = decodeBody(body); err != nil {
		return Record{}, nil, err
	}
	r.Hash = chain(prev, body)
	return r, rest[4:], nil
}

func decodeBody(b []byte) (Record, error) {
	if len(b) < fixedSize {
		return Record{}, errTruncated
	}
	if b[0] != recordVersion {
		return Record{}, fmt.Errorf("record version %d is unknown", b[0])
	}
	r := Record{
		Session: SessionID(b[1:17]),
		Seq:     Seq(binary.BigEndian.Uint64(b[17:])),
		Time:    time.UnixMicro(int64(binary.BigEndian.Uint64(b[25:]))).UTC(),
	}
	var kind []byte
	var err error
	b = b[fixedSize:]
	for _, field := range []*[]byte{&kind, &r.Public, &r.Private} {
		if *field, b, err = takeBytes(b); err != nil {
			return Record{}, err
		}
	}
	if len(b) != 0 {
		return Record{}, fmt.Errorf("record has %d bytes too many", len(b))
	}
	r.Type = string(kind)
	return r, nil
}

func takeBytes(b []byte) (field, rest []byte, err error) {
	n, width := binary.Uvarint(b)
	if width <= 0 || n > uint64(len(b)-width) {
		return nil, nil, errTruncated
	}
	return b[width : width+int(n)], b[width+int(n):], nil
}
