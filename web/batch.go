package web

// maxWrite is how many bytes one message or one write to a stream holds, but
// for a single event that is larger.
const maxWrite = 256 << 10

// reuse empties a buffer for the next write, and lets go of one that a large
// event has grown: most connections never need it again.
func reuse(buf []byte) []byte {
	if cap(buf) > maxWrite {
		return nil
	}
	return buf[:0]
}
