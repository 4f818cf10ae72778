package remote

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"parley/hub/agent/peer"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// run is one process of an agent on another machine. It implements [peer.Peer].
type run struct {
	// immutable
	connector *connector
	number    uint64
	out       *io.PipeReader
	lines     *io.PipeWriter
	ctx       context.Context // ends with finish
	cancel    context.CancelFunc
	ended     chan struct{} // closed by finish, never sent to

	started atomic.Bool
	left    atomic.Bool // nothing is sent or acknowledged any more
	once    sync.Once   // finish
	giveUp  sync.Once   // Kill

	mu sync.Mutex

	// guarded by mu
	stderr string
	end    connect.Exited  // set before ended is closed
	closed bool            // the input was closed
	frames []link.Received // of the lines that the reader of Stdout has not asked for
}

var _ peer.Framed = (*run)(nil)

func newRun(c *connector, number uint64) *run {
	r := &run{connector: c, number: number, ended: make(chan struct{})}
	r.out, r.lines = io.Pipe()
	r.ctx, r.cancel = context.WithCancel(context.Background())
	return r
}

// deliver passes a line to the reader of Stdout, and waits until it is read. The line is
// dropped once the run has ended.
func (r *run) deliver(f link.Received) {
	r.addFrame(f)
	if _, err := r.lines.Write(append(f.Body[:len(f.Body):len(f.Body)], '\n')); err != nil {
		_, done := r.NextFrame()
		done()
	}
}

func (r *run) addFrame(f link.Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames = append(r.frames, f)
}

// NextFrame implements [peer.Framed].
func (r *run) NextFrame() (number uint64, done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.frames) == 0 {
		return 0, func() {}
	}
	f := r.frames[0]
	r.frames = r.frames[1:]
	return f.Number, func() {
		if !r.left.Load() {
			f.Done()
		}
	}
}

func (r *run) setStderr(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stderr = text
}

// finish ends the run. Its output ends behind the lines that were delivered.
func (r *run) finish(e connect.Exited) {
	r.once.Do(func() {
		r.mu.Lock()
		r.end = e
		if e.Stderr != "" {
			r.stderr = e.Stderr
		}
		r.mu.Unlock()
		r.cancel()
		_ = r.lines.Close()
		close(r.ended)
	})
}

// Leave implements [peer.Framed].
func (r *run) Leave() {
	r.left.Store(true)
	r.finish(connect.Exited{})
}

// Stdin implements [peer.Peer].
func (r *run) Stdin() io.WriteCloser { return (*input)(r) }

// Stdout implements [peer.Peer].
func (r *run) Stdout() io.Reader { return r.out }

// Terminate implements [peer.Peer].
func (r *run) Terminate() { r.stop(connect.Terminate) }

// killWait is how long a killed process may take to end. Then it counts as ended, and its
// connector ends it when it can.
const killWait = 5 * time.Second

// Kill implements [peer.Peer].
func (r *run) Kill() {
	r.giveUp.Do(func() {
		r.stop(connect.Kill)
		wait := killWait
		if !r.connector.end.Connected() {
			wait = 0
		}
		timer := time.AfterFunc(wait, func() {
			if r.connector.current(r.number) == r {
				r.connector.endRun("was given up, since its machine does not answer")
			}
		})
		context.AfterFunc(r.ctx, func() { timer.Stop() })
	})
}

func (r *run) stop(how connect.Signal) {
	select {
	case <-r.ended:
	default:
		r.connector.end.Force(connect.TypeStop, connect.Stop{Run: r.number, Signal: how}.Encode())
	}
}

// Gone implements [peer.Peer].
func (r *run) Gone() <-chan struct{} { return r.ended }

// Stderr implements [peer.Peer].
func (r *run) Stderr() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr
}

// Exit implements [peer.Peer].
func (r *run) Exit() peer.Exit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return peer.Exit{Code: r.end.Code, Text: r.end.Text, Stderr: r.stderr}
}

// input is the standard input of a run. Each write is one line.
type input run

// errInputClosed is the error of writes to a process that takes no more input.
var errInputClosed = errors.New("the agent's input is closed")

// Write implements [io.Writer]. It waits while too much is not acknowledged.
func (i *input) Write(line []byte) (int, error) {
	r := (*run)(i)
	r.mu.Lock()
	closed := r.closed
	r.mu.Unlock()
	if closed {
		return 0, errInputClosed
	}
	err := r.connector.end.Put(r.ctx, connect.TypeLine, bytes.Clone(bytes.TrimSuffix(line, []byte("\n"))))
	if err != nil {
		return 0, err
	}
	return len(line), nil
}

// WriteFor writes a line, and stores its cause before the connector gets it.
func (i *input) WriteFor(line []byte, cause rules.Cause, id int64) error {
	r := (*run)(i)
	end := r.connector.end
	number, err := end.Hold(r.ctx, connect.TypeLine, bytes.Clone(bytes.TrimSuffix(line, []byte("\n"))))
	if err != nil {
		return err
	}
	r.connector.returned()
	err = r.record(rules.SentFrame{Cause: cause, ID: id, Frame: number, Acked: end.Acknowledged()})
	if !r.left.Load() {
		end.Free(number)
	}
	return err
}

// recordRetry is the pause after a line could not be stored.
const recordRetry = 200 * time.Millisecond

// record stores that a line is sent, and tries again until that succeeds or the run ends.
func (r *run) record(f rules.SentFrame) error {
	for {
		err := r.connector.record(r.ctx, f)
		if err == nil || errors.Is(err, &protocol.Error{Code: protocol.CodeHostSessionNotFound}) {
			return nil
		}
		select {
		case <-time.After(recordRetry):
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
}

// Close implements [io.Closer].
func (i *input) Close() error {
	r := (*run)(i)
	r.mu.Lock()
	closed := r.closed
	r.closed = true
	r.mu.Unlock()
	switch {
	case closed:
	case r.connector.end.Connected():
		r.stop(connect.CloseInput)
	default:
		r.Kill() // nobody can wait for an agent that is not reachable
	}
	return nil
}
