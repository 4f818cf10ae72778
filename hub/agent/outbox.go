package agent

import (
	"io"
	"sync"
	"time"
)

// outboxSize is the number of lines that can wait for a busy agent. A turn needs a
// handful; the rest is for answers to a burst of requests.
const outboxSize = 1024

// outbox writes lines to an agent's input, in order, in a goroutine of its own: run,
// which the session starts and waits for. It is safe for concurrent use.
type outbox struct {
	// immutable
	peer    peer
	grace   time.Duration
	queue   chan func() []byte // make the lines to write, of which empty ones are not written; sent to by offer and put, never closed; when it is full, offer refuses and put waits
	closing chan struct{}      // closed by close, never sent to
	done    chan struct{}      // closed by run when it ends, never sent to

	closeOnce sync.Once
}

func newOutbox(p peer, grace time.Duration) *outbox {
	return &outbox{peer: p, grace: grace, queue: make(chan func() []byte, outboxSize),
		closing: make(chan struct{}), done: make(chan struct{})}
}

// offer queues a line if there is room, and reports whether there was.
func (o *outbox) offer(line func() []byte) bool {
	select {
	case o.queue <- line:
		return true
	default:
		return false
	}
}

// put queues a line, waiting for room. It drops the line if the outbox is closed.
func (o *outbox) put(line func() []byte) {
	select {
	case o.queue <- line:
	case <-o.closing:
	case <-o.done:
	}
}

// close makes run write the queued lines and then close the agent's input. It does not
// wait.
func (o *outbox) close() { o.closeOnce.Do(func() { close(o.closing) }) }

// run writes lines until close is called or the agent ends.
func (o *outbox) run() {
	defer close(o.done)
	in := o.peer.stdin()
	defer in.Close()
	for {
		select {
		case line := <-o.queue:
			if err := write(in, line()); err != nil {
				o.abandon()
				return
			}
		case <-o.closing:
			o.flush(in)
			return
		case <-o.peer.gone():
			return
		}
	}
}

// flush writes the queued lines.
func (o *outbox) flush(in io.Writer) {
	for {
		select {
		case line := <-o.queue:
			if err := write(in, line()); err != nil {
				return
			}
		default:
			return
		}
	}
}

// abandon handles an agent that has closed its input. Usually it is about to exit;
// otherwise it is killed, since it can never be prompted again.
func (o *outbox) abandon() {
	timer := time.NewTimer(o.grace)
	defer timer.Stop()
	select {
	case <-o.peer.gone():
	case <-timer.C:
		o.peer.kill()
	}
}

// write writes a line unless it is empty.
func write(to io.Writer, line []byte) error {
	if len(line) == 0 {
		return nil
	}
	_, err := to.Write(line)
	return err
}
