package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// eventReader reads server-sent events as the HTML standard defines them, as
// far as this protocol needs: data alone counts, since every event bears its
// own type and cursor.
type eventReader struct {
	lines *bufio.Reader
	alive func() // called for every line, comments included
}

var errEventTooBig = errors.New("an event of the stream is too big")

func newEventReader(r io.Reader, alive func()) *eventReader {
	return &eventReader{bufio.NewReader(r), alive}
}

// next returns the data of the next event that has any. Several data lines are
// joined by line ends. An event that the stream's end cuts off is dropped.
func (r *eventReader) next() ([]byte, error) {
	var data []byte
	some := false
	for {
		line, err := r.line(maxMessage - len(data))
		if err != nil {
			return nil, err
		}
		r.alive()
		switch name, value, _ := bytes.Cut(line, []byte{':'}); {
		case len(line) == 0 && some:
			return data, nil
		case string(name) == "data":
			if some {
				data = append(data, '\n')
			}
			data, some = append(data, bytes.TrimPrefix(value, []byte{' '})...), true
		}
	}
}

// line returns the next line without its end, which may be LF or CRLF.
func (r *eventReader) line(limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.lines.ReadSlice('\n')
		if line = append(line, part...); len(line) > limit {
			return nil, errEventTooBig
		}
		if err == nil {
			return bytes.TrimSuffix(line[:len(line)-1], []byte{'\r'}), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}
