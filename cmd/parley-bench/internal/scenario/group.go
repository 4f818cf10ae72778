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

// group is the participants of a room: one speaker, and further listeners.
type group struct {
	// immutable
	meter     *meter.Meter
	failed    chan error    // the first failure of a listener; capacity 1, so that listeners never wait; later failures are dropped
	completed chan struct{} // onComplete sends; capacity 1, because the receiver checks all events

	closing   atomic.Bool
	listening sync.WaitGroup // a goroutine for each connection; close ends them and waits

	mu      sync.Mutex
	streams []netio.Stream // guarded by mu

	// owned by the goroutine that sends
	speaker target.Speaker
	size    int    // bytes of an event
	seq     uint64 // of the last event
	message []byte // reused
}

// groupConfig describes a group.
type groupConfig struct {
	people    int // participants, the speaker included
	transport target.Transport
	size      int
	inFlight  int // maximum number of events in flight
}

// newGroup returns a group in a new room, once all participants receive events.
func newGroup(ctx context.Context, t target.Target, to *meter.Tally, g groupConfig) (*group, error) {
	r, err := t.Room(ctx)
	if err != nil {
		return nil, err
	}
	return newGroupIn(ctx, r, to, g)
}

// newGroupIn is newGroup with an existing room.
func newGroupIn(ctx context.Context, r target.Room, to *meter.Tally, g groupConfig) (*group, error) {
	c := &group{failed: make(chan error, 1), completed: make(chan struct{}, 1), size: g.size}
	c.meter = meter.New(to, g.people, g.inFlight, c.onComplete)
	if err := c.connect(ctx, r, g); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// onComplete reports that an event has reached all participants.
func (c *group) onComplete() {
	select {
	case c.completed <- struct{}{}:
	default:
	}
}

// maxConcurrentJoins is how many participants connect at the same time. All participants
// of a room receive an event for each that joins; with many at the same time the server
// makes fewer and longer writes.
const maxConcurrentJoins = 256

// connect connects the listeners, and then the speaker.
func (c *group) connect(ctx context.Context, r target.Room, g groupConfig) error {
	buffer := min(64<<10, max(4<<10, (64<<20)/g.people))
	err := parallel(maxConcurrentJoins, g.people-1, func(int) error {
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
	return c.sendUntil(ctx, 1, func(sent int) bool { return sent > 0 }) // all have joined when an event has reached them
}

// add counts the events of a connection until it ends.
func (c *group) add(s netio.Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams = append(c.streams, s)
	c.listening.Go(func() { // close ends it and waits
		if err := c.meter.Listen(s); !c.closing.Load() {
			select {
			case c.failed <- fmt.Errorf("a connection ended: %w", err):
			default:
			}
		}
	})
}

// close closes all connections and waits for their goroutines. It returns a failure of a
// listener that has not been returned yet.
func (c *group) close() error {
	c.closing.Store(true)
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
