package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// eventReader reads server-sent events as the HTML standard defines them. It returns only
// their data, since every event contains its type and cursor.
type eventReader struct {
	lines *bufio.Reader
	alive func() // called for every line, including comments
}

var errEventTooBig = errors.New("an event of the stream is too large")

func newEventReader(r io.Reader, alive func()) *eventReader {
	return &eventReader{bufio.NewReader(r), alive}
}

// next returns the data of the next event that has data. It joins several data lines by
// line feeds, and drops an incomplete event at the end of the stream.
func (r *eventReader) next() ([]byte, error) {
	var data []byte
	hasData := false
	for {
		line, err := r.line(maxMessage - len(data))
		if err != nil {
			return nil, err
		}
		r.alive()
		switch name, value, _ := bytes.Cut(line, []byte{':'}); {
		case len(line) == 0 && hasData:
			return data, nil
		case string(name) == "data":
			if hasData {
				data = append(data, '\n')
			}
			data, hasData = append(data, bytes.TrimPrefix(value, []byte{' '})...), true
		}
	}
}

// line returns the next line without its line end, which is LF or CRLF.
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
