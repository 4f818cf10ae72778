package agent

import (
	"io"
	"sync"
	"time"
)

// outboxSize is how many lines wait for an agent that is busy. One turn at a
// time needs a handful; this leaves room for answers to a burst of requests.
const outboxSize = 1024

// outbox writes lines to an agent's input, in order, in a goroutine of its own.
// Its methods may be called from several goroutines.
type outbox struct {
	// immutable
	peer  peer
	grace time.Duration

	// queue holds what is not written yet; any goroutine sends, nobody closes
	// it. When it is full offer refuses and put waits.
	queue   chan []byte
	closing chan struct{} // closed once by close
	once    sync.Once
	done    chan struct{} // closed by run at its end
}

func newOutbox(p peer, grace time.Duration) *outbox {
	return &outbox{peer: p, grace: grace, queue: make(chan []byte, outboxSize),
		closing: make(chan struct{}), done: make(chan struct{})}
}

// offer queues a line without waiting and reports whether there was room.
func (o *outbox) offer(line []byte) bool {
	select {
	case o.queue <- line:
		return true
	default:
		return false
	}
}

// put queues a line and waits for room, unless the input is being closed.
func (o *outbox) put(line []byte) {
	select {
	case o.queue <- line:
	case <-o.closing:
	case <-o.done:
	}
}

// close writes what is queued, then ends the agent's input. It does not wait.
func (o *outbox) close() { o.once.Do(func() { close(o.closing) }) }

// run writes until close or until the agent is gone.
func (o *outbox) run() {
	defer close(o.done)
	in := o.peer.stdin()
	defer in.Close()
	for {
		select {
		case line := <-o.queue:
			if _, err := in.Write(line); err != nil {
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

func (o *outbox) flush(in io.Writer) {
	for {
		select {
		case line := <-o.queue:
			if _, err := in.Write(line); err != nil {
				return
			}
		default:
			return
		}
	}
}

// abandon deals with an agent that takes no input any more. Most often it is
// just exiting; if not, it could never be prompted again.
func (o *outbox) abandon() {
	timer := time.NewTimer(o.grace)
	defer timer.Stop()
	select {
	case <-o.peer.gone():
	case <-timer.C:
		o.peer.kill()
	}
}
