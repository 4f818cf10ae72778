package join

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/cmd/parley/internal/console"
)

// lineReader returns a function that reads lines from a pipe or file. A line counts as
// written when the read that returned its end returned. If a person types the lines, one
// may have been begun when the previous one was sent.
func lineReader(in io.Reader, person bool) func() (console.Line, error) {
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

// timedReader records when the last read returned.
type timedReader struct {
	in io.Reader
	at time.Time
}

// Read implements [io.Reader].
func (r *timedReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.at = time.Now()
	return n, err
}
