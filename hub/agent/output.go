package agent

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// tailSize is how much of an agent's stderr is kept, in bytes.
const tailSize = 4 << 10

// tail keeps the last bytes that were written to it. It is safe for concurrent
// use.
type tail struct {
	mu   sync.Mutex
	kept []byte
	cut  bool // something was written before what is kept
}

// Write never fails, so that an agent's stderr is always drained.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cut = t.cut || len(t.kept)+len(b) > tailSize
	t.kept = append(t.kept, b[max(0, len(b)-tailSize):]...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(b), nil
}

// String returns what is kept, at most tailSize bytes of UTF-8. It begins with a
// whole line, or with a whole word where there is one line alone: what is left of a
// secret that was cut is not recognized as one.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.kept
	if t.cut {
		from := bytes.IndexByte(kept, '\n')
		if from < 0 || from == len(kept)-1 {
			from = bytes.IndexAny(kept, " \t")
		}
		kept = kept[max(from, 0):]
	}
	// Dropping what is not UTF-8, and not replacing it, cannot make it longer.
	return strings.ToValidUTF8(string(kept), "")
}

const (
	// leftover is the most that can still be in a pipe whose writer has exited.
	leftover = 1 << 20
	// drainWait is how long a read waits then. What is in the pipe is there at
	// once, so this only runs out when nothing is.
	drainWait = 200 * time.Millisecond
)

// output is the reading end of an agent's stdout. It ends when every writing
// end is closed. A process that got away may hold one for ever, so after finish
// it also ends when the pipe is empty.
type output struct {
	file     *os.File
	finished atomic.Bool
	read     int // bytes since finish; owned by the reading goroutine
}

// finish says that the agent has exited.
func (o *output) finish() {
	o.finished.Store(true)
	_ = o.file.SetReadDeadline(time.Now()) // wakes a Read that waits
}

// Read belongs to one goroutine. When it returns an error, which is io.EOF, the
// pipe is closed.
func (o *output) Read(b []byte) (int, error) {
	n, err := o.file.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_ = o.file.SetReadDeadline(time.Now().Add(drainWait))
		n, err = o.file.Read(b)
	}
	if o.finished.Load() {
		o.read += n
	}
	if err != nil || o.read > leftover {
		_ = o.file.Close()
		return n, io.EOF
	}
	return n, nil
}
