package meter

import (
	"bytes"
	"strconv"
)

// Mark is the first byte of a mark.
const Mark = '~'

// AppendMark appends the mark of the event with a number.
func AppendMark(to []byte, seq uint64) []byte {
	to = append(to, Mark)
	to = strconv.AppendUint(to, seq, 10)
	return append(to, ';')
}

// LastMark returns the number of the last event in b; ok is false if its mark is
// not complete.
func LastMark(b []byte) (seq uint64, ok bool) {
	digits := b[bytes.LastIndexByte(b, Mark)+1:]
	end := bytes.IndexByte(digits, ';')
	if end < 0 {
		return 0, false
	}
	seq, err := strconv.ParseUint(string(digits[:end]), 10, 64)
	return seq, err == nil
}
