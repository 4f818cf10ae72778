package wal

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A log is a header followed by frames, each of them a frame header and a page.
const (
	headerSize      = 32
	frameHeaderSize = 24
	magic           = 0x377f0682 // its lowest bit is set if checksums read big-endian words
	formatVersion   = 3007000
	minPageSize     = 512
	maxPageSize     = 65536
)

// checksum is the running checksum of a log. A frame's checksum continues that
// of the frame before, and the first frame's continues that of the header.
type checksum struct{ a, b uint32 }

func (s checksum) add(order binary.ByteOrder, data []byte) checksum {
	for ; len(data) >= 8; data = data[8:] {
		s.a += order.Uint32(data) + s.b
		s.b += order.Uint32(data[4:]) + s.a
	}
	return s
}

func (s checksum) put(b []byte) {
	binary.BigEndian.PutUint32(b, s.a)
	binary.BigEndian.PutUint32(b[4:], s.b)
}

func decodeChecksum(b []byte) checksum {
	return checksum{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// header is the decoded header of a log.
type header struct {
	raw      [headerSize]byte
	order    binary.ByteOrder // of the words that checksums are computed from
	pageSize int              // bytes
	salts    [8]byte
	sum      checksum
}

// decodeHeader decodes a header; ok is false if SQLite would ignore the log.
func decodeHeader(raw []byte) (h header, ok bool) {
	h.raw = [headerSize]byte(raw)
	word := binary.BigEndian.Uint32(raw)
	h.order = binary.LittleEndian
	if word&1 != 0 {
		h.order = binary.BigEndian
	}
	size := binary.BigEndian.Uint32(raw[8:])
	h.pageSize, h.salts, h.sum = int(size), [8]byte(raw[16:24]), decodeChecksum(raw[24:])
	ok = word&^1 == magic && binary.BigEndian.Uint32(raw[4:]) == formatVersion &&
		bits.OnesCount32(size) == 1 && size >= minPageSize && size <= maxPageSize &&
		checksum{}.add(h.order, raw[:24]) == h.sum
	return h, ok
}

// repairHeader changes one byte of a damaged header so that it becomes valid; ok
// is false if no single byte does. If several do, it prefers a header with the
// salts of the first frame.
func repairHeader(raw, salts []byte) (h header, ok bool) {
	changed := [headerSize]byte(raw)
	for at := range changed {
		for original, flip := changed[at], 1; flip < 256; flip++ {
			changed[at] = original ^ byte(flip)
			if candidate, valid := decodeHeader(changed[:]); valid {
				if bytes.Equal(candidate.salts[:], salts) {
					return candidate, true
				}
				if !ok {
					h, ok = candidate, true
				}
			}
			changed[at] = original
		}
	}
	return h, ok
}

// guessHeader derives a header from the first two frames, which must have the
// same salts and consecutive checksums.
func guessHeader(in *bufio.Reader) (h header, ok bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for size := minPageSize; size <= maxPageSize; size *= 2 {
			h := header{order: order, pageSize: size}
			frames, err := in.Peek(2 * h.frameSize())
			if err != nil {
				break
			}
			first, second := frame(frames), frame(frames[h.frameSize():])
			h.salts = [8]byte(first.salts())
			if h.isValid(second, first.checksum()) {
				return h.encoded(), true
			}
		}
	}
	return header{}, false
}

// encoded returns h with raw and sum set from the other fields.
func (h header) encoded() header {
	word := uint32(magic)
	if h.order == binary.BigEndian {
		word |= 1
	}
	binary.BigEndian.PutUint32(h.raw[0:], word)
	binary.BigEndian.PutUint32(h.raw[4:], formatVersion)
	binary.BigEndian.PutUint32(h.raw[8:], uint32(h.pageSize))
	copy(h.raw[16:], h.salts[:])
	h.sum = checksum{}.add(h.order, h.raw[:24])
	h.sum.put(h.raw[24:])
	return h
}
