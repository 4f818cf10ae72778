package courier

import (
	"context"
	"sync"
	"time"

	"parley/hub/internal/background"
)

// fullAt is how many messages wait when [Courier.Full] begins to report true. The sender
// then stops reading its agent; it still posts other messages, of which there are few.
const fullAt = 16

// Deliver delivers a message. It blocks until the message is delivered or dropped, and
// returns false if ctx ended first.
type Deliver[M any] func(ctx context.Context, message M) bool

// Courier delivers messages of type M to one session. Its methods are for the sender's
// goroutine, which owns it; none but Stop blocks.
type Courier[M any] struct {
	// immutable
	deliver Deliver[M]
	nudge   chan<- struct{} // the sender's; notified when half of a full queue is delivered
	ready   chan struct{}   // sent to by Post and Stop; capacity one, see background.Notify; never closed

	work background.Worker

	// guarded by mu
	mu      sync.Mutex
	queue   []M  // the first is being delivered; the sender bounds it with Full
	closing bool // run ends once the queue is empty
}

// Start returns a courier whose goroutine runs until Stop. It sends to nudge, which has
// capacity one, when Full may no longer report true.
func Start[M any](deliver Deliver[M], nudge chan<- struct{}) *Courier[M] {
	c := &Courier[M]{deliver: deliver, nudge: nudge, ready: make(chan struct{}, 1)}
	c.work.Start(c.run)
	return c
}

// Post queues a message. It accepts messages also while Full reports true.
func (c *Courier[M]) Post(message M) {
	c.mu.Lock()
	c.queue = append(c.queue, message)
	c.mu.Unlock()
	background.Notify(c.ready)
}

// Waiting returns how many messages are not delivered yet.
func (c *Courier[M]) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

// Full reports whether the sender should stop posting messages that it can delay.
func (c *Courier[M]) Full() bool { return c.Waiting() >= fullAt }

// Stop waits until the queue is empty, but not longer than until the deadline, and ends the
// goroutine. Messages that are left are lost: the sender's state must tell what to send
// again.
func (c *Courier[M]) Stop(deadline time.Time) {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	background.Notify(c.ready)
	c.work.StopAt(deadline)
}

// run delivers messages until the courier is stopped.
func (c *Courier[M]) run(ctx context.Context) {
	for {
		message, ok := c.next(ctx)
		if !ok || !c.deliver(ctx, message) {
			return
		}
		if c.remove() == fullAt/2 {
			background.Notify(c.nudge)
		}
	}
}

// next waits for the oldest message, which stays in the queue until it is delivered. ok is
// false when the courier ends.
func (c *Courier[M]) next(ctx context.Context) (message M, ok bool) {
	for {
		message, ok, closing := c.first()
		if ok || closing {
			return message, ok
		}
		select {
		case <-c.ready:
		case <-ctx.Done():
			return message, false
		}
	}
}

// first returns the oldest message, if there is one.
func (c *Courier[M]) first() (message M, ok, closing bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		return c.queue[0], true, c.closing
	}
	return message, false, c.closing
}

// remove drops the oldest message and returns how many are left.
func (c *Courier[M]) remove() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue[0] = *new(M)
	c.queue = c.queue[1:]
	return len(c.queue)
}
