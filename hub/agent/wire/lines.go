package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// DefaultMaxLine is the cap on a line, in bytes, where none is set.
const DefaultMaxLine = 64 << 20

// ErrTooLong says that a line is longer than the cap and is dropped. The reader
// can be used on.
var ErrTooLong = errors.New("line is longer than the limit")

// Reader splits a stream into lines. It belongs to one goroutine.
type Reader struct {
	buf      *bufio.Reader
	max      int
	dropping bool // it stands within a line that was too long
}

// NewReader reads lines of at most maxLine bytes; 0 means DefaultMaxLine.
func NewReader(r io.Reader, maxLine int) *Reader {
	if maxLine <= 0 {
		maxLine = DefaultMaxLine
	}
	return &Reader{buf: bufio.NewReaderSize(r, 64<<10), max: maxLine}
}

// Next returns the next line without its end ("\n" or "\r\n"). The slice is
// valid until the next call. A last line without an end is a line too. At the
// end of the stream it returns the stream's error, which is io.EOF when all
// went well. Of a line that is too long it returns no more than the beginning,
// with ErrTooLong and at once: such a line need not have an end.
func (r *Reader) Next() ([]byte, error) {
	if r.dropping {
		if err := r.drop(); err != nil {
			return nil, err
		}
	}
	line, err := r.buf.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = r.rest(line)
	}
	if errors.Is(err, ErrTooLong) || err != nil && len(line) == 0 {
		return line, err
	}
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if len(line) > r.max {
		return line[:min(len(line), headSize)], ErrTooLong
	}
	return line, nil
}

// headSize is how much is returned of a line that is too long, in bytes.
const headSize = 1 << 10

// rest reads on after head, which filled the buffer. The parts of a long line are
// put together once it has ended, so that one that never does takes no more
// memory than the cap.
func (r *Reader) rest(head []byte) ([]byte, error) {
	parts := [][]byte{bytes.Clone(head)}
	size := len(head)
	for {
		part, err := r.buf.ReadSlice('\n')
		// Two more than the cap, for the line's end.
		if size += len(part); size > r.max+2 {
			r.dropping = errors.Is(err, bufio.ErrBufferFull)
			return bytes.Clone(parts[0][:min(len(head), headSize)]), ErrTooLong // the rest is garbage at once
		}
		parts = append(parts, bytes.Clone(part))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.Join(parts, nil), err
		}
	}
}

// drop reads to the end of the line.
func (r *Reader) drop() error {
	for {
		_, err := r.buf.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			r.dropping = false
			return err
		}
	}
}

// Clean makes a line fit to be passed on as text: what is not UTF-8 becomes
// U+FFFD and a carriage return a space. It returns line itself if that is
// nothing to do.
func Clean(line []byte) []byte {
	if !utf8.Valid(line) {
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		line = bytes.ReplaceAll(line, []byte("\r"), []byte(" "))
	}
	return line
}
