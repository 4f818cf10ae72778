package limit

import (
	"context"
	"time"

	"parley/protocol"
)

// maxDelay is the longest time for which an answer is delayed.
const maxDelay = 2 * time.Second

// Slow is the refusal of a client that goes on in spite of refusals. The caller calls Wait
// before it answers with Err, so that the client cannot keep the server busy.
type Slow struct {
	Err   *protocol.Error
	Delay time.Duration
}

// Error implements error.
func (s *Slow) Error() string { return s.Err.Error() }

// Unwrap returns Err.
func (s *Slow) Unwrap() error { return s.Err }

// Wait waits until the delay is over, or ctx ends. Meanwhile the connection of an unknown
// client counts as one that keeps the server waiting, so that it can be closed to make room.
func (s *Slow) Wait(ctx context.Context, c *Connection) {
	if c.waits() {
		defer c.RequestReceived()
	}
	over := time.NewTimer(s.Delay)
	defer over.Stop()
	select {
	case <-over.C:
	case <-ctx.Done():
	}
}

// waits puts the connection of an unknown client back among those that are not finished. It
// reports whether it was not among them.
func (c *Connection) waits() (added bool) {
	var evicted *Connection
	c.locked(func() {
		if c.group == nil && !c.known && c.table.open[c.net] == c {
			evicted, added = c.table.unfinished.add(c), true
		}
	})
	if evicted != nil {
		c.table.reject(evicted, protocol.LimitUnfinished)
	}
	return added
}
