package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/hub/rules"
)

// A courier carries one session's messages to another, in order, so that no
// actor waits for another. It wakes the other session if need be.
type courier struct {
	// immutable
	hub   *Hub
	from  journal.SessionID
	to    journal.SessionID
	nudge chan<- struct{} // told when there is room again
	work  worker
	ready chan struct{} // sent to by post; holds one, since one look finds all

	// guarded by mu
	mu      sync.Mutex
	queue   []any // bounded by the poster, who posts nothing avoidable while full
	closing bool  // run ends when the queue is empty
}

const (
	// courierHigh is how many messages may wait before the poster takes no more
	// from its agent, of which one holds hearingSize notifications at the most.
	// Messages that do not come from an agent are few.
	courierHigh = 16
	// courierFlush is how long what waits may take when the poster ends. What
	// is left then is handed over again when the sessions next wake.
	courierFlush = 2 * time.Second
	// courierRetry is the pause after the other session could not be loaded.
	courierRetry = 200 * time.Millisecond
)

// courier returns the actor's courier to a session, the first time starting it.
func (a *actor) courier(to journal.SessionID) *courier {
	c, ok := a.couriers[to]
	if !ok {
		c = &courier{hub: a.hub, from: a.id, to: to, nudge: a.nudge, ready: make(chan struct{}, 1)}
		c.work.start(c.run)
		a.couriers[to] = c
	}
	return c
}

// post hands a message over and returns at once.
func (c *courier) post(message any) {
	c.mu.Lock()
	c.queue = append(c.queue, message)
	c.mu.Unlock()
	signal(c.ready)
}

func (c *courier) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
}

func (c *courier) full() bool { return c.waiting() >= courierHigh }

func (c *courier) run(ctx context.Context) {
	for {
		message, ok := c.next(ctx)
		if !ok {
			return
		}
		if !c.deliver(ctx, message) {
			return
		}
		c.mu.Lock()
		c.queue[0] = nil
		c.queue = c.queue[1:]
		room := len(c.queue) == courierHigh/2
		c.mu.Unlock()
		if room {
			signal(c.nudge)
		}
	}
}

// next returns the oldest message, which stays in the queue until it has
// arrived.
func (c *courier) next(ctx context.Context) (any, bool) {
	for {
		c.mu.Lock()
		if len(c.queue) > 0 {
			message := c.queue[0]
			c.mu.Unlock()
			return message, true
		}
		closing := c.closing
		c.mu.Unlock()
		if closing {
			return nil, false
		}
		select {
		case <-c.ready:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// deliver tries until the message is in the other's inbox. A session that does
// not exist or that is damaged takes no messages, and one that this process no
// longer serves gets them when it wakes elsewhere. For a damaged one the sender
// is answered.
func (c *courier) deliver(ctx context.Context, message any) bool {
	return c.deliverTo(ctx, c.to, message)
}

func (c *courier) deliverTo(ctx context.Context, to journal.SessionID, message any) bool {
	for {
		err := c.hub.deliver(ctx, to, unanswered(message))
		switch {
		case err == nil || errors.Is(err, journal.ErrNotFound) || errors.Is(err, errStopped) || errors.Is(err, errMoved):
			return true
		case ctx.Err() != nil:
			return false
		}
		if damage, ok := errors.AsType[*journal.DamageError](err); ok {
			c.hub.options.Logger.Error("a message for a damaged session is dropped", zap.Error(damage))
			return c.answer(ctx, to, message)
		}
		c.hub.options.Logger.Warn("a session cannot be reached", zap.Stringer("session", to), zap.Error(err))
		select {
		case <-time.After(courierRetry):
		case <-ctx.Done():
			return false
		}
	}
}

// answer tells the sender that its message is dropped.
func (c *courier) answer(ctx context.Context, to journal.SessionID, message any) bool {
	if to == c.from {
		return true // it is damaged itself
	}
	for _, answer := range rules.Undeliverable(message) {
		if !c.deliverTo(ctx, c.from, answer) {
			return false
		}
	}
	return true
}

// stop waits for the queue to empty, until the deadline, and for the goroutine.
func (c *courier) stop(deadline time.Time) {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	signal(c.ready)
	c.work.stopAt(deadline)
}

// dropCouriers ends those that have nothing to carry and will have nothing.
func (a *actor) dropCouriers(needed func(journal.SessionID) bool) {
	for to, c := range a.couriers {
		if c.waiting() == 0 && !needed(to) {
			c.stop(time.Now())
			delete(a.couriers, to)
		}
	}
}

// signal leaves a note in a channel that holds one.
func signal(ready chan<- struct{}) {
	select {
	case ready <- struct{}{}:
	default:
	}
}
