package join

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/cmd/parley/internal/console"
)

// pipe returns the lines of a pipe or file. A line was written at the latest
// when the piece that holds its end was read. A person may have begun to type it
// when the line before was sent.
func pipe(in io.Reader, person bool) func() (console.Line, error) {
	began := time.Now()
	timed := &timedReader{in: in}
	scanner := bufio.NewScanner(timed)
	scanner.Buffer(nil, console.MaxLine)
	return func() (console.Line, error) {
		if scanner.Scan() {
			line := console.Line{Text: scanner.Text(), Began: timed.at, Ended: timed.at}
			if person {
				line.Began, began = began, timed.at
			}
			return line, nil
		}
		switch err := scanner.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return console.Line{}, fmt.Errorf("a line is longer than %d bytes", console.MaxLine)
		case err != nil:
			return console.Line{}, err
		}
		return console.Line{}, io.EOF
	}
}

// timedReader notes when the last read returned.
type timedReader struct {
	in io.Reader
	at time.Time
}

func (r *timedReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.at = time.Now()
	return n, err
}
