package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// DefaultMaxLine is the default maximum length of a line, in bytes.
const DefaultMaxLine = 64 << 20

// ErrTooLong reports that a line exceeds the maximum length and is dropped. The reader
// remains usable.
var ErrTooLong = errors.New("line is longer than the limit")

// Reader splits a stream into lines. It belongs to one goroutine.
type Reader struct {
	buf      *bufio.Reader
	max      int  // maximum length of a line, in bytes
	dropping bool // the position is within a line that is too long
}

// NewReader returns a Reader for lines of at most maxLine bytes; 0 means
// [DefaultMaxLine].
func NewReader(r io.Reader, maxLine int) *Reader {
	if maxLine <= 0 {
		maxLine = DefaultMaxLine
	}
	return &Reader{buf: bufio.NewReaderSize(r, 64<<10), max: maxLine}
}

// Next returns the next line without its end ("\n" or "\r\n"). The slice is valid until
// the next call. The last line need not have an end. At the end of the stream, Next
// returns the stream's error, such as [io.EOF]. For a line that is too long, it returns
// its beginning with [ErrTooLong], as soon as the limit is exceeded, since such a line
// may never end.
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

// headSize is how many bytes Next returns of a line that is too long.
const headSize = 1 << 10

// rest reads the rest of a line whose head filled the buffer. It joins the parts once
// the line has ended, so that a line without an end takes no more memory than the limit.
func (r *Reader) rest(head []byte) ([]byte, error) {
	parts := [][]byte{bytes.Clone(head)}
	size := len(head)
	for {
		part, err := r.buf.ReadSlice('\n')
		if size += len(part); size > r.max+len("\r\n") {
			r.dropping = errors.Is(err, bufio.ErrBufferFull)
			return bytes.Clone(parts[0][:min(len(head), headSize)]), ErrTooLong // a copy, so that the parts can be freed
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

// Clean replaces invalid UTF-8 in a line by U+FFFD, and carriage returns by spaces, so
// that the line can be passed on as text. It returns line itself if it needs no change.
func Clean(line []byte) []byte {
	if !utf8.Valid(line) {
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		line = bytes.ReplaceAll(line, []byte("\r"), []byte(" "))
	}
	return line
}
