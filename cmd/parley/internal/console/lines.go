package console

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"
)

// LineReader returns a function that reads lines from a pipe or file. A line counts as
// written when the read that returned its end returned. If a person types the lines, one
// may have been begun when the previous one was sent.
func LineReader(in io.Reader, person bool) func() (Line, error) {
	began := time.Now()
	timed := &timedReader{in: in}
	scanner := bufio.NewScanner(timed)
	scanner.Buffer(nil, MaxLine)
	return func() (Line, error) {
		if scanner.Scan() {
			line := Line{Text: scanner.Text(), Began: timed.at, Ended: timed.at}
			if person {
				line.Began, began = began, timed.at
			}
			return line, nil
		}
		switch err := scanner.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return Line{}, fmt.Errorf("a line is longer than %d bytes", MaxLine)
		case err != nil:
			return Line{}, err
		}
		return Line{}, io.EOF
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
