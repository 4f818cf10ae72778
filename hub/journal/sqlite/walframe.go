package sqlite

import (
	"encoding/binary"
	"math/bits"
)

// The write-ahead log as https://www.sqlite.org/fileformat.html#walformat has
// it: a header, and frames of a header and a page each. The checksum of a frame
// goes on from that of the frame before, and that of the first frame from the
// header's.
const (
	walHeaderSize   = 32
	frameHeaderSize = 24
	walMagic        = 0x377f0682 // with the lowest bit set, checksums read big-endian words
	walVersion      = 3007000
	minPageSize     = 512
	maxPageSize     = 65536
)

// walSum is the running checksum of a log.
type walSum struct{ a, b uint32 }

func (s walSum) add(order binary.ByteOrder, data []byte) walSum {
	for ; len(data) >= 8; data = data[8:] {
		s.a += order.Uint32(data) + s.b
		s.b += order.Uint32(data[4:]) + s.a
	}
	return s
}

func storedSum(b []byte) walSum {
	return walSum{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// differs returns the place of the one byte in which a and b, of the same
// length, differ; ok is false when they differ in none or in several.
func differs(a, b []byte) (at int, ok bool) {
	at = -1
	for i := range a {
		if a[i] != b[i] {
			if at >= 0 {
				return 0, false
			}
			at = i
		}
	}
	return at, at >= 0
}

// walHeader is what the header of a log says.
type walHeader struct {
	raw      [walHeaderSize]byte
	order    binary.ByteOrder // of the words that checksums are made of
	pageSize int
	salts    [8]byte
	sum      walSum
}

// parseWalHeader reads a header; ok is false when SQLite would not go by it.
func parseWalHeader(raw []byte) (h walHeader, ok bool) {
	h.raw = [walHeaderSize]byte(raw)
	magic := binary.BigEndian.Uint32(raw)
	h.order = binary.LittleEndian
	if magic&1 != 0 {
		h.order = binary.BigEndian
	}
	size := binary.BigEndian.Uint32(raw[8:])
	h.pageSize, h.salts, h.sum = int(size), [8]byte(raw[16:24]), storedSum(raw[24:])
	ok = magic&^1 == walMagic && binary.BigEndian.Uint32(raw[4:]) == walVersion &&
		bits.OnesCount32(size) == 1 && size >= minPageSize && size <= maxPageSize &&
		walSum{}.add(h.order, raw[:24]) == h.sum
	return h, ok
}

// repairWalHeader finds the one byte whose change makes a damaged header one
// that SQLite goes by.
func repairWalHeader(raw []byte) (h walHeader, at int, ok bool) {
	changed := [walHeaderSize]byte(raw)
	for at := range changed {
		for was, to := changed[at], 1; to < 256; to++ {
			changed[at] = was ^ byte(to)
			if h, ok := parseWalHeader(changed[:]); ok {
				return h, at, true
			}
			changed[at] = was
		}
	}
	return h, 0, false
}

func (h *walHeader) frameSize() int { return frameHeaderSize + h.pageSize }

// frame is one frame: its header and its page.
type frame []byte

func (f frame) page() uint32  { return binary.BigEndian.Uint32(f) }
func (f frame) commit() bool  { return binary.BigEndian.Uint32(f[4:]) != 0 }
func (f frame) salts() []byte { return f[8:16] }
func (f frame) sum() walSum   { return storedSum(f[16:]) }

// sumOf is what the frame's checksum has to be behind that of the frame before.
func (h *walHeader) sumOf(f frame, before walSum) walSum {
	return before.add(h.order, f[:8]).add(h.order, f[frameHeaderSize:])
}

func (h *walHeader) valid(f frame, before walSum) bool {
	return f.page() != 0 && [8]byte(f.salts()) == h.salts && h.sumOf(f, before) == f.sum()
}

// fix is the change of one byte.
type fix struct {
	at int64
	to byte
}

// maxFixes bounds the fixes of one frame. The highest bit of every third word
// makes the same of a checksum: there may be hundreds.
const maxFixes = 1024

// fixes are the changes of one byte, each of which makes a damaged frame valid;
// at is a place in the frame. A frame that was not wholly written has none, as
// good as certainly: the checksum has 64 bits.
func (h *walHeader) fixes(f frame, before walSum) []fix {
	is := h.sumOf(f, before)
	if [8]byte(f.salts()) != h.salts {
		if at, ok := differs(f.salts(), h.salts[:]); ok && is == f.sum() {
			return []fix{{int64(8 + at), h.salts[at]}}
		}
		return nil
	}
	var found []fix
	var want [8]byte
	binary.BigEndian.PutUint32(want[:], is.a)
	binary.BigEndian.PutUint32(want[4:], is.b)
	if at, ok := differs(f[16:24], want[:]); ok {
		found = append(found, fix{int64(16 + at), want[at]})
	}
	return h.bodyFixes(found, f, walSum{f.sum().a - is.a, f.sum().b - is.b})
}

// bodyFixes adds those among the bytes that the checksum covers, which is off by
// so much. The checksum is linear: a word that is greater by d makes it greater by
// d times what the words behind it make of one.
func (h *walHeader) bodyFixes(found []fix, f frame, off walSum) []fix {
	// The checksum at the end, as linear in that behind the current pair of words.
	aa, ab, ba, bb := uint32(1), uint32(0), uint32(0), uint32(1)
	for at := h.frameSize() - 8; at >= 0 && len(found) < maxFixes; at -= 8 {
		if at >= 8 && at < frameHeaderSize {
			continue // salts and the checksum itself
		}
		found = h.wordFixes(found, f, at+4, off, walSum{ab, bb})
		found = h.wordFixes(found, f, at, off, walSum{aa + ab, ba + bb})
		aa, ab, ba, bb = aa+ab, aa+2*ab, ba+bb, ba+2*bb
	}
	return found
}

// wordFixes adds those among the four bytes of a word, of which one more adds by
// to the checksum.
func (h *walHeader) wordFixes(found []fix, f frame, at int, off, by walSum) []fix {
	was := h.order.Uint32(f[at:])
	for i := range 4 {
		b := f[at+i]
		for flip := 1; flip < 256; flip++ {
			f[at+i] = b ^ byte(flip)
			if d := h.order.Uint32(f[at:]) - was; by.a*d == off.a && by.b*d == off.b {
				found = append(found, fix{int64(at + i), f[at+i]})
			}
		}
		f[at+i] = b
	}
	return found
}
