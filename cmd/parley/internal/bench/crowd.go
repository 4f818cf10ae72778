package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// crowd are the people of one room: one who talks, and others who listen.
type crowd struct {
	// immutable
	meter  *meter
	failed chan error    // the first failure of a listener; later ones are dropped
	free   chan struct{} // sent to when an event has reached everybody; holds one, since one look finds all

	leaving   atomic.Bool
	listening sync.WaitGroup // a goroutine for each connection; leave waits for them

	mu      sync.Mutex
	streams []stream // guarded by mu

	// owned by who talks
	speaker speaker
	size    int    // bytes of an event
	seq     uint64 // of the last event
	message []byte // reused
}

// gathering says what crowd is wanted.
type gathering struct {
	people    int // the one who talks among them
	transport Transport
	size      int
	underWay  int // events at a time
}

// gather brings people into a room of its own, and waits until all of them
// hear.
func gather(ctx context.Context, t target, to *tally, g gathering) (*crowd, error) {
	r, err := t.room(ctx)
	if err != nil {
		return nil, err
	}
	return gatherIn(ctx, r, to, g)
}

// gatherIn is gather with a room that is there.
func gatherIn(ctx context.Context, r room, to *tally, g gathering) (*crowd, error) {
	c := &crowd{failed: make(chan error, 1), free: make(chan struct{}, 1), size: g.size}
	c.meter = newMeter(to, g.people, g.underWay, c.done)
	if err := c.enter(ctx, r, g); err != nil {
		return nil, errors.Join(err, c.leave())
	}
	return c, nil
}

func (c *crowd) done() {
	select {
	case c.free <- struct{}{}:
	default:
	}
}

// joinersAtOnce is how many connect at a time. Everybody in a room hears of
// everybody who joins: many at once make fewer, longer writes.
const joinersAtOnce = 256

func (c *crowd) enter(ctx context.Context, r room, g gathering) error {
	buffer := min(64<<10, max(4<<10, (64<<20)/g.people))
	err := parallel(joinersAtOnce, g.people-1, func(int) error {
		s, err := r.listen(ctx, g.transport, buffer)
		if err == nil {
			c.add(s)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if c.speaker, err = r.talk(ctx); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	c.add(c.speaker)
	return c.talk(ctx, 1, func(sent int) bool { return sent > 0 }) // all are there once they have heard something
}

func (c *crowd) add(s stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams = append(c.streams, s)
	c.listening.Go(func() {
		if err := c.meter.listen(s); !c.leaving.Load() {
			select {
			case c.failed <- fmt.Errorf("a connection ended: %w", err):
			default:
			}
		}
	})
}

// leave ends all connections and waits for their listeners. It returns the
// failure of a listener that nobody has seen yet.
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

// parallel calls do with 0 to n-1, some at a time, and returns the first error
// that it sees, after which it begins no more.
func parallel(atOnce, n int, do func(i int) error) error {
	var running sync.WaitGroup
	var next atomic.Int64
	failed := make(chan error, atOnce)
	for range min(atOnce, n) {
		running.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || len(failed) > 0 {
					return
				}
				if err := do(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	running.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
