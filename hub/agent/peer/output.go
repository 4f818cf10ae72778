package peer

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

// TailSize is how many bytes of an agent's standard error are kept.
const TailSize = 4 << 10

// tail keeps the last bytes written to it. It is safe for concurrent use.
type tail struct {
	mu sync.Mutex

	// guarded by mu
	kept []byte
	cut  bool // bytes before kept were dropped
}

// Write never fails, so that an agent's standard error is always drained.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cut = t.cut || len(t.kept)+len(b) > TailSize
	t.kept = append(t.kept, b[max(0, len(b)-TailSize):]...)
	if over := len(t.kept) - TailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(b), nil
}

// String returns the kept text, at most TailSize bytes of UTF-8. It begins with a
// complete line, or a complete word if there is only one line, since the rest of a
// truncated secret would not be recognized as one.
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
	// Invalid bytes are dropped, since replacing them could make the text longer.
	return strings.ToValidUTF8(string(kept), "")
}

const (
	// maxPipeBytes is the maximum that a pipe can still hold after its writer has
	// exited.
	maxPipeBytes = 1 << 20
	// drainWait is how long a read waits then. Bytes in the pipe can be read at once,
	// so only a read of an empty pipe waits that long.
	drainWait = 200 * time.Millisecond
)

// output is the reading end of an agent's standard output. It ends when every writing
// end is closed. An escaped process may hold one open for ever, so after finish it also
// ends when the pipe is empty.
type output struct {
	file     *os.File // immutable
	finished atomic.Bool
	read     int // bytes read since finish; owned by the goroutine that calls Read
}

// finish records that the agent has exited.
func (o *output) finish() {
	o.finished.Store(true)
	_ = o.file.SetReadDeadline(time.Now()) // ends a Read that waits
}

// Read implements [io.Reader]. Its only error is io.EOF, with which it closes the pipe.
// Only one goroutine may call it.
func (o *output) Read(b []byte) (int, error) {
	n, err := o.file.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		_ = o.file.SetReadDeadline(time.Now().Add(drainWait))
		n, err = o.file.Read(b)
	}
	if o.finished.Load() {
		o.read += n
	}
	if err != nil || o.read > maxPipeBytes {
		_ = o.file.Close()
		return n, io.EOF
	}
	return n, nil
}
