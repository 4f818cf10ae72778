package peer

import (
	"io"
	"sync"
	"time"

	"parley/hub/rules"
)

// OutboxSize is the number of lines that can wait for a busy agent. A turn needs a
// handful; the rest is for answers to a burst of requests.
const OutboxSize = 1024

// Line is a line for an agent.
type Line struct {
	Make  func() []byte // returns the line when it is written; an empty one is not written
	Cause rules.Cause   // zero for a line that is not stored
	ID    int64         // the JSON-RPC id of a request; 0 for any other line
}

// Outbox writes lines to an agent's input, in order, in a goroutine of its own: Run,
// which the owner starts and waits for. It is safe for concurrent use.
type Outbox struct {
	// immutable
	peer    Peer
	grace   time.Duration
	queue   chan Line     // lines to write; sent to by Offer and Put, never closed; when it is full, Offer refuses and Put waits
	closing chan struct{} // closed by Close, never sent to
	done    chan struct{} // closed by Run when it ends, never sent to

	closeOnce sync.Once
}

// NewOutbox returns an empty outbox. An agent that closes its input may end by itself within
// the grace period; then the outbox kills it.
func NewOutbox(p Peer, grace time.Duration) *Outbox {
	return &Outbox{peer: p, grace: grace, queue: make(chan Line, OutboxSize),
		closing: make(chan struct{}), done: make(chan struct{})}
}

// Offer queues a line if there is room, and reports whether there was.
func (o *Outbox) Offer(line Line) bool {
	select {
	case o.queue <- line:
		return true
	default:
		return false
	}
}

// Put queues a line, waiting for room. It drops the line if the outbox is closed.
func (o *Outbox) Put(line Line) {
	select {
	case o.queue <- line:
	case <-o.closing:
	case <-o.done:
	}
}

// Close makes Run write the queued lines and then close the agent's input. It does not
// wait.
func (o *Outbox) Close() { o.closeOnce.Do(func() { close(o.closing) }) }

// Run writes lines until Close is called or the agent ends.
func (o *Outbox) Run() {
	defer close(o.done)
	in := o.peer.Stdin()
	defer in.Close()
	for {
		select {
		case line := <-o.queue:
			if err := write(in, line); err != nil {
				o.abandon()
				return
			}
		case <-o.closing:
			o.flush(in)
			return
		case <-o.peer.Gone():
			return
		}
	}
}

// flush writes the queued lines.
func (o *Outbox) flush(in io.Writer) {
	for {
		select {
		case line := <-o.queue:
			if err := write(in, line); err != nil {
				return
			}
		default:
			return
		}
	}
}

// abandon handles an agent that has closed its input. Usually it is about to exit;
// otherwise it is killed, since it can never be prompted again.
func (o *Outbox) abandon() {
	timer := time.NewTimer(o.grace)
	defer timer.Stop()
	select {
	case <-o.peer.Gone():
	case <-timer.C:
		o.peer.Kill()
	}
}

// write writes a line unless it is empty.
func write(to io.Writer, line Line) error {
	text := line.Make()
	if len(text) == 0 {
		return nil
	}
	if recorder, ok := to.(RecordingWriter); ok && line.Cause != (rules.Cause{}) {
		return recorder.WriteFor(text, line.Cause, line.ID)
	}
	_, err := to.Write(text)
	return err
}
