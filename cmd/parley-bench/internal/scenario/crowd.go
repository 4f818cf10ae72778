package scenario

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/netio"
	"parley/cmd/parley-bench/internal/target"
)

// crowd is the participants of one room: one speaker, and other listeners.
type crowd struct {
	// immutable
	meter  *meter.Meter
	failed chan error    // the first failure of a listener; later ones are dropped
	free   chan struct{} // sent to when an event has reached all; its capacity is one, since the receiver looks at all events

	leaving   atomic.Bool
	listening sync.WaitGroup // a goroutine for each connection; leave waits for them

	mu      sync.Mutex
	streams []netio.Stream // guarded by mu

	// owned by the goroutine that talks
	speaker target.Speaker
	size    int    // bytes of an event
	seq     uint64 // of the last event
	message []byte // reused
}

// gathering describes a crowd.
type gathering struct {
	people    int // participants, the speaker included
	transport target.Transport
	size      int
	inFlight  int // events at a time
}

// gather returns a crowd in a new room, all of whose participants receive events.
func gather(ctx context.Context, t target.Target, to *meter.Tally, g gathering) (*crowd, error) {
	r, err := t.Room(ctx)
	if err != nil {
		return nil, err
	}
	return gatherIn(ctx, r, to, g)
}

// gatherIn is gather with an existing room.
func gatherIn(ctx context.Context, r target.Room, to *meter.Tally, g gathering) (*crowd, error) {
	c := &crowd{failed: make(chan error, 1), free: make(chan struct{}, 1), size: g.size}
	c.meter = meter.New(to, g.people, g.inFlight, c.done)
	if err := c.enter(ctx, r, g); err != nil {
		return nil, errors.Join(err, c.leave())
	}
	return c, nil
}

// done reports that an event has reached all.
func (c *crowd) done() {
	select {
	case c.free <- struct{}{}:
	default:
	}
}

// joinersAtOnce is how many participants connect at a time. All in a room are told of
// each that joins: with many at once there are fewer and longer writes.
const joinersAtOnce = 256

// enter connects the listeners, and then the speaker.
func (c *crowd) enter(ctx context.Context, r target.Room, g gathering) error {
	buffer := min(64<<10, max(4<<10, (64<<20)/g.people))
	err := parallel(joinersAtOnce, g.people-1, func(int) error {
		s, err := r.Listen(ctx, g.transport, buffer)
		if err == nil {
			c.add(s)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if c.speaker, err = r.Talk(ctx); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	c.add(c.speaker)
	return c.talk(ctx, 1, func(sent int) bool { return sent > 0 }) // all have joined once they have received an event
}

// add counts the events of a connection until it ends.
func (c *crowd) add(s netio.Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams = append(c.streams, s)
	c.listening.Go(func() { // leave ends it and waits
		if err := c.meter.Listen(s); !c.leaving.Load() {
			select {
			case c.failed <- fmt.Errorf("a connection ended: %w", err):
			default:
			}
		}
	})
}

// leave closes all connections and waits for their goroutines. It returns the failure
// of a listener that has not been returned yet.
func (c *crowd) leave() error {
	c.leaving.Store(true)
	c.mu.Lock()
	for _, s := range c.streams {
		_ = s.Close()
	}
	c.mu.Unlock()
	c.listening.Wait()
	select {
	case err := <-c.failed:
		return err
	default:
		return nil
	}
}
