package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
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

	// Set by Seal.
	Format      RecordFormat
	PublicSalt  Salt // zero in RecordFormat1, and when Public is empty
	PrivateSalt Salt // zero in RecordFormat1, and when Private is empty
	Hash        Hash // H(n), covers every field above and H(n-1)
}

// RecordFormat says how a record is stored and hashed. Each record names its own: a
// session that was begun in an earlier format goes on in the newest.
type RecordFormat uint8

const (
	// RecordFormat1 hashes an event's body as it is stored:
	// H(n) = SHA-256(H(n-1) ‖ body).
	RecordFormat1 RecordFormat = 1
	// RecordFormat2 hashes a header that has only the digests of the event's parts:
	// H(n) = SHA-256(H(n-1) ‖ header), where header = format ‖ session ‖ number
	// ‖ microseconds ‖ type ‖ SHA-256(salt ‖ public) ‖ SHA-256(salt ‖ private).
	// So the chain can be checked without a part that is withheld, and the digest
	// tells nothing of the part without its salt.
	RecordFormat2 RecordFormat = 2
)

// Salt makes the digest of a part say nothing about it to whoever does not have
// both. An empty part has none.
type Salt [16]byte

// ChainStart returns H(0), the hash that a session's first event builds on.
func ChainStart(id SessionID) Hash {
	return sha256.Sum256(append([]byte("parley.v2"), id[:]...))
}

// firstStart is H(0) of a session that was begun in RecordFormat1.
func firstStart(id SessionID) Hash {
	return sha256.Sum256(append([]byte("parley.v1"), id[:]...))
}

// ChainStarts returns H(0) of a session in each format, the newest first.
func ChainStarts(id SessionID) []Hash { return []Hash{ChainStart(id), firstStart(id)} }

// IsChainStart reports whether h is H(0) of the session, in any format.
func IsChainStart(id SessionID, h Hash) bool { return slices.Contains(ChainStarts(id), h) }

// Seal sets r.Hash to H(n), where prev is H(n-1). A record without a format gets
// the newest one, and salts.
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

// buffers hold what is hashed, and are used again.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBuffer keeps the memory of a large event from staying in use.
const maxKeptBuffer = 64 << 10

// seal computes H(n) with the help of a buffer, which it returns.
func (r *Record) seal(prev Hash, buf []byte) (Hash, []byte) {
	if r.Format == RecordFormat1 {
		buf = r.appendBody(append(buf[:0], prev[:]...))
		return sha256.Sum256(buf), buf
	}
	public, buf := digestOfPart(r.PublicSalt, r.Public, buf)
	private, buf := digestOfPart(r.PrivateSalt, r.Private, buf)
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
		_, _ = rand.Read(s[:]) // never fails: crypto/rand ends the program rather
	}
	return s
}

// appendFixed writes format ‖ session ‖ number ‖ microseconds, with which both a
// body and a header begin.
func (r *Record) appendFixed(b []byte) []byte {
	b = append(b, byte(r.Format))
	b = append(b, r.Session[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Seq))
	return binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixMicro()))
}
