package courier

import (
	"context"
	"sync"
	"time"

	"parley/hub/internal/background"
)

// high is how many messages may wait before [Courier.Full] reports true. Messages
// that do not come from an agent are few, and are posted all the same.
const high = 16

// Deliver delivers a message. It blocks until the message has arrived or is dropped,
// and returns false if ctx ended first.
type Deliver[M any] func(ctx context.Context, message M) bool

// Courier carries messages of type M to one session. Its methods are for the goroutine of the
// sender, which owns it; none but Stop blocks.
type Courier[M any] struct {
	// immutable
	deliver Deliver[M]
	nudge   chan<- struct{} // notified when there is room again
	ready   chan struct{}   // sent to by Post; capacity one, see background.Notify

	work background.Worker

	// guarded by mu
	mu      sync.Mutex
	queue   []M  // the first is being delivered; bounded by the sender, who checks Full
	closing bool // run ends once the queue is empty
}

// Start returns a courier whose goroutine runs until Stop. It notifies nudge when a
// full queue has room again.
func Start[M any](deliver Deliver[M], nudge chan<- struct{}) *Courier[M] {
	c := &Courier[M]{deliver: deliver, nudge: nudge, ready: make(chan struct{}, 1)}
	c.work.Start(c.run)
	return c
}

// Post queues a message.
func (c *Courier[M]) Post(message M) {
	c.mu.Lock()
	c.queue = append(c.queue, message)
	c.mu.Unlock()
	background.Notify(c.ready)
}

// Waiting returns how many messages have not arrived.
func (c *Courier[M]) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

// Full reports whether the sender should read no more from its agent.
func (c *Courier[M]) Full() bool { return c.Waiting() >= high }

// Stop waits until the queue is empty, or until the deadline, and for the goroutine.
// The state of the sender says what to send again.
func (c *Courier[M]) Stop(deadline time.Time) {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	background.Notify(c.ready)
	c.work.StopAt(deadline)
}

func (c *Courier[M]) run(ctx context.Context) {
	for {
		message, ok := c.next(ctx)
		if !ok || !c.deliver(ctx, message) {
			return
		}
		if c.remove() == high/2 {
			background.Notify(c.nudge)
		}
	}
}

// next waits for the oldest message, which stays in the queue until it has arrived.
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
