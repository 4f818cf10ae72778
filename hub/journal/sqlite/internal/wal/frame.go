package wal

import "encoding/binary"

// frame is one frame of a log: its header and its page.
type frame []byte

func (f frame) page() uint32       { return binary.BigEndian.Uint32(f) }
func (f frame) isCommit() bool     { return binary.BigEndian.Uint32(f[4:]) != 0 }
func (f frame) salts() []byte      { return f[8:16] }
func (f frame) checksum() checksum { return decodeChecksum(f[16:]) }

func (h *header) frameSize() int { return frameHeaderSize + h.pageSize }

// offset returns where in the log frame n begins.
func (h *header) offset(n int) int64 { return headerSize + int64(n)*int64(h.frameSize()) }

// checksumOf computes the checksum of f, which continues previous.
func (h *header) checksumOf(f frame, previous checksum) checksum {
	return previous.add(h.order, f[:8]).add(h.order, f[frameHeaderSize:])
}

func (h *header) isValid(f frame, previous checksum) bool {
	return f.page() != 0 && [8]byte(f.salts()) == h.salts && h.checksumOf(f, previous) == f.checksum()
}

// belongsTo reports whether f has the salts of h, but for one byte at most.
func (f frame) belongsTo(h *header) bool {
	if [8]byte(f.salts()) == h.salts {
		return true
	}
	_, ok := singleDifference(f.salts(), h.salts[:])
	return ok
}

// singleDifference returns the position of the only byte in which a and b, of the
// same length, differ; ok is false if they differ in none or in several.
func singleDifference(a, b []byte) (at int, ok bool) {
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
