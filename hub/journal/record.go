package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"time"
)

// Seq is the number of an event in its session. Events are numbered from 1 without
// gaps; 0 stands for the place before the first.
type Seq uint64

// Hash is the SHA-256 (FIPS 180-4) that chains an event to all events before it.
type Hash [sha256.Size]byte

// Head identifies the newest event of a session. The zero value stands for none.
type Head struct {
	Seq  Seq  // the event's number
	Hash Hash // H(Seq)
}

// Record is one event as the journal holds it. Once sealed, it is safe for
// concurrent reading.
type Record struct {
	Session SessionID // the session of the event
	Seq     Seq       // the event's number
	Time    time.Time // UTC, in whole microseconds
	Type    string    // at most 255 bytes
	Public  []byte    // JSON: the payload that participants receive
	Private []byte    // JSON: data that the rules need and no client receives; may be empty

	// Set by Seal.
	Format      RecordFormat
	PublicSalt  Salt // zero in RecordFormat1, and if Public is empty
	PrivateSalt Salt // zero in RecordFormat1, and if Private is empty
	Hash        Hash // H(n), which covers every field above and H(n-1)
}

// RecordFormat says how a record is stored and hashed. Each record names its own: a
// session begun in an earlier format continues in the newest.
type RecordFormat uint8

const (
	// RecordFormat1 hashes an event's body as it is stored:
	// H(n) = SHA-256(H(n-1) ‖ body).
	RecordFormat1 RecordFormat = 1
	// RecordFormat2 hashes a header that contains only digests of the event's parts:
	// H(n) = SHA-256(H(n-1) ‖ header), where header = format ‖ session ‖ number
	// ‖ microseconds ‖ type ‖ SHA-256(salt ‖ public) ‖ SHA-256(salt ‖ private).
	// So the chain can be checked while a part is withheld, and a digest reveals
	// nothing about its part without the salt.
	RecordFormat2 RecordFormat = 2
)

// Salt is random data that is hashed with a part of a record, so that the digest
// alone does not allow guessing the part. An empty part has none.
type Salt [16]byte

// ChainStart returns H(0), which the hash of a session's first event builds on.
func ChainStart(id SessionID) Hash {
	return sha256.Sum256(append([]byte("parley.v2"), id[:]...))
}

// chainStart1 returns H(0) of a session that was begun in RecordFormat1.
func chainStart1(id SessionID) Hash {
	return sha256.Sum256(append([]byte("parley.v1"), id[:]...))
}

// ChainStarts returns H(0) of a session in each format, the newest first.
func ChainStarts(id SessionID) []Hash { return []Hash{ChainStart(id), chainStart1(id)} }

// IsChainStart reports whether h is H(0) of the session, in any format.
func IsChainStart(id SessionID, h Hash) bool { return slices.Contains(ChainStarts(id), h) }

// Seal sets r.Hash to H(n), where prev is H(n-1). It gives a record without a format
// the newest one, and random salts.
func (r *Record) Seal(prev Hash) {
	if r.Format == 0 {
		r.Format = RecordFormat2
		r.PublicSalt, r.PrivateSalt = newSalt(r.Public), newSalt(r.Private)
	}
	buf := buffers.Get().(*[]byte)
	r.Hash, *buf = r.seal(prev, *buf)
	if cap(*buf) <= maxKeptBuffer {
		buffers.Put(buf)
	}
}

// buffers are reused for the data to hash.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBuffer is the maximum size of a buffer that is kept, in bytes, so that one
// large event does not tie up memory.
const maxKeptBuffer = 64 << 10

// seal computes H(n). It uses buf as a buffer, which may grow, and returns it.
func (r *Record) seal(prev Hash, buf []byte) (Hash, []byte) {
	if r.Format == RecordFormat1 {
		buf = r.appendBody(append(buf[:0], prev[:]...))
		return sha256.Sum256(buf), buf
	}
	public, buf := digestOfPart(r.PublicSalt, r.Public, buf)
	private, buf := digestOfPart(r.PrivateSalt, r.Private, buf)
	return r.sealDigests(prev, public, private, buf)
}

// Digests returns the digests of the two parts of a record, which its hash covers in
// RecordFormat2.
func (r *Record) Digests() (public, private Hash) {
	public, buf := digestOfPart(r.PublicSalt, r.Public, nil)
	private, _ = digestOfPart(r.PrivateSalt, r.Private, buf)
	return public, private
}

// HashOfDigests returns H(n) of a record in RecordFormat2 whose parts are known only by their
// digests, where prev is H(n-1).
func (r *Record) HashOfDigests(prev, public, private Hash) Hash {
	hash, _ := r.sealDigests(prev, public, private, nil)
	return hash
}

func (r *Record) sealDigests(prev, public, private Hash, buf []byte) (Hash, []byte) {
	buf = r.appendFixed(append(buf[:0], prev[:]...))
	buf = appendField(buf, r.Type)
	buf = append(buf, public[:]...)
	buf = append(buf, private[:]...)
	return sha256.Sum256(buf), buf
}

// noPart is the digest of an empty part.
var noPart = Hash(sha256.Sum256(nil))

func digestOfPart(salt Salt, part, buf []byte) (Hash, []byte) {
	if len(part) == 0 {
		return noPart, buf
	}
	buf = append(append(buf[:0], salt[:]...), part...)
	return sha256.Sum256(buf), buf
}

func newSalt(part []byte) (s Salt) {
	if len(part) > 0 {
		_, _ = rand.Read(s[:]) // crypto/rand.Read never returns an error
	}
	return s
}

// appendFixed appends format ‖ session ‖ number ‖ microseconds, with which both a
// body and a header begin.
func (r *Record) appendFixed(b []byte) []byte {
	b = append(b, byte(r.Format))
	b = append(b, r.Session[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Seq))
	return binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixMicro()))
}
