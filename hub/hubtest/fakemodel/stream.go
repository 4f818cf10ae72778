package fakemodel

import (
	"encoding/json"
	"fmt"
	"io"
)

// stream writes an answer as server-sent events. Errors are ignored: the agent has closed
// the connection.
type stream struct {
	w       io.Writer
	flush   func() error
	stalled <-chan struct{} // closed when the agent has closed the connection
}

// data writes an event without a name.
func (s *stream) data(v any) {
	b, _ := json.Marshal(v) // objects of strings and numbers
	fmt.Fprintf(s.w, "data: %s\n\n", b)
	_ = s.flush()
}

// event writes an event with a name, which the object also has as its type.
func (s *stream) event(name string, v object) {
	v["type"] = name
	fmt.Fprintf(s.w, "event: %s\n", name)
	s.data(v)
}

// end writes a line that ends the stream of some interfaces.
func (s *stream) end(line string) {
	fmt.Fprintf(s.w, "data: %s\n\n", line)
	_ = s.flush()
}

// stall waits until the agent has closed the connection.
func (s *stream) stall() { <-s.stalled }
