package feed

import (
	"parley/hub/journal"
)

// notice is one thing that a room tells its connections.
type notice interface {
	// deliver runs on the fan-out's goroutine.
	deliver(f *fanout)
}

// committed is an event that is durable.
type committed struct{ record *journal.Record }

func (n committed) deliver(f *fanout) { f.broadcast(sharedLine(n.record)) }

// hinted is a line that may be dropped.
type hinted struct{ line Line }

func (n hinted) deliver(f *fanout) { f.broadcast(n.line) }

// joined adds a connection.
type joined struct{ sub *Subscription }

func (n joined) deliver(f *fanout) { f.add(n.sub) }

// left removes a connection.
type left struct{ sub *Subscription }

func (n left) deliver(f *fanout) { f.remove(n.sub) }

// ended closes a connection behind the lines that precede the notice.
type ended struct {
	sub    *Subscription
	reason Closed
}

func (n ended) deliver(f *fanout) {
	if n.sub.outbox.left {
		return
	}
	f.flushOwn(n.sub)
	n.sub.backlog.end(n.reason)
}

// answered answers a request of one connection. An answer that is read from the
// journal is read when the connection takes it.
type answered struct {
	sub  *Subscription
	line answerLine
}

func (n answered) deliver(f *fanout) {
	s := n.sub
	if s.outbox.left {
		return
	}
	if !n.line.deferred() {
		if b, err := n.line.encodeNow(); err == nil {
			s.outbox.add(&f.burst, Line{Bytes: b})
			return
		}
		// The connection's goroutine meets the error again, and ends.
	}
	f.flushOwn(s) // the answer keeps its place behind these lines
	s.backlog.putLate(n.line)
}
