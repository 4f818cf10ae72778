package jsonappend

import (
	"bytes"
	"encoding/json"
	"sync"
	"unicode/utf8"
)

// String appends a string. A string that encoding/json might escape is left to
// it.
func String(b []byte, s string) ([]byte, error) {
	if !isVerbatim(s) {
		return appendStandard(b, s)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"'), nil
}

// isVerbatim reports whether JSON needs no escape in s.
func isVerbatim(s string) bool {
	for i := range len(s) {
		if mayEscape[s[i]] {
			return false
		}
	}
	return utf8.ValidString(s)
}

// mayEscape contains the bytes of the characters that encoding/json escapes:
// quotes, backslashes, controls, and the first byte of U+2028 and U+2029.
var mayEscape = func() (table [256]bool) {
	for c := range ' ' {
		table[c] = true
	}
	table['"'], table['\\'], table["\u2028"[0]] = true, true, true
	return table
}()

// appendStandard appends v by encoding/json alone.
func appendStandard(b []byte, v any) ([]byte, error) {
	e := standardEncoders.Get().(*standardEncoder)
	defer e.release()
	if err := e.json.Encode(v); err != nil {
		return nil, err
	}
	return append(b, bytes.TrimSuffix(e.buf.Bytes(), []byte{'\n'})...), nil
}

// standardEncoder is reused, since its buffer has grown to a useful size.
type standardEncoder struct {
	buf  bytes.Buffer
	json *json.Encoder
}

var standardEncoders = sync.Pool{New: func() any {
	e := new(standardEncoder)
	e.json = json.NewEncoder(&e.buf)
	e.json.SetEscapeHTML(false)
	return e
}}

// maxPooledBuffer bounds the buffer of an encoder that is kept for reuse, in
// bytes, so that one large value does not hold its memory.
const maxPooledBuffer = 64 << 10

// release returns the encoder to the pool unless its buffer is large.
func (e *standardEncoder) release() {
	if e.buf.Cap() > maxPooledBuffer {
		return
	}
	e.buf.Reset()
	standardEncoders.Put(e)
}
