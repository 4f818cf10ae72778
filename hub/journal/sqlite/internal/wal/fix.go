package wal

// fix is the change of one byte that makes a damaged frame valid.
type fix struct {
	at int64 // position in the frame; in a [frameInfo], position in the log
	to byte
}

// isInChecksum reports whether a position in a frame is part of its checksum.
func isInChecksum(at int64) bool { return at >= 16 && at < frameHeaderSize }

// maxFixes bounds the fixes of one frame. There may be hundreds: flipping the
// highest bit of any third word has the same effect on a checksum.
const maxFixes = 1024

// fixes returns the changes of one byte that each make a damaged frame valid,
// with positions in the frame. A frame that was written only in part has none,
// except with a probability of about 2^-64, by the size of the checksum.
func (h *header) fixes(f frame, previous checksum) []fix {
	sum := h.checksumOf(f, previous)
	if [8]byte(f.salts()) != h.salts {
		if at, ok := singleDifference(f.salts(), h.salts[:]); ok && sum == f.checksum() {
			return []fix{{int64(8 + at), h.salts[at]}}
		}
		return nil
	}
	var found []fix
	var want [8]byte
	sum.put(want[:])
	if at, ok := singleDifference(f[16:24], want[:]); ok {
		found = append(found, fix{int64(16 + at), want[at]})
	}
	return h.bodyFixes(found, f, checksum{f.checksum().a - sum.a, f.checksum().b - sum.b})
}

// bodyFixes appends the fixes among the bytes that the checksum covers. diff is
// the stored checksum minus the computed one. The checksum is linear: adding d to
// a word adds d times a coefficient, which depends on the word's position alone.
func (h *header) bodyFixes(found []fix, f frame, diff checksum) []fix {
	// The final checksum as a linear function of the one after the current pair of words.
	aa, ab, ba, bb := uint32(1), uint32(0), uint32(0), uint32(1)
	for at := h.frameSize() - 8; at >= 0 && len(found) < maxFixes; at -= 8 {
		if at >= 8 && at < frameHeaderSize {
			continue // the checksum covers neither the salts nor itself
		}
		found = h.wordFixes(found, f, at+4, diff, checksum{ab, bb})
		found = h.wordFixes(found, f, at, diff, checksum{aa + ab, ba + bb})
		aa, ab, ba, bb = aa+ab, aa+2*ab, ba+bb, ba+2*bb
	}
	return found
}

// wordFixes appends the fixes among the four bytes of the word at at, each unit
// of which adds coefficient to the checksum.
func (h *header) wordFixes(found []fix, f frame, at int, diff, coefficient checksum) []fix {
	original := h.order.Uint32(f[at:])
	for i := range 4 {
		b := f[at+i]
		for flip := 1; flip < 256; flip++ {
			f[at+i] = b ^ byte(flip)
			if d := h.order.Uint32(f[at:]) - original; coefficient.a*d == diff.a && coefficient.b*d == diff.b {
				found = append(found, fix{int64(at + i), f[at+i]})
			}
		}
		f[at+i] = b
	}
	return found
}
