package bench

import (
	"context"
	"fmt"
	"time"
)

// stall is how long nothing may arrive before a run is given up.
const stall = 30 * time.Second

// window keeps n events under way until that is over, then waits for the last.
func (c *crowd) window(ctx context.Context, n int, over <-chan struct{}) error {
	return c.talk(ctx, n, func(int) bool { return isOver(over) })
}

// talk keeps n events under way until enough were sent, then waits for the
// last.
func (c *crowd) talk(ctx context.Context, n int, enough func(sent int) bool) error {
	for sent := 0; ; {
		free := n - c.underWay()
		switch {
		case enough(sent):
			return c.drain(ctx)
		case free > 0:
			if err := c.say(free, c.meter.now()); err != nil {
				return err
			}
			sent += free
		default:
			if err := c.wait(ctx); err != nil {
				return err
			}
		}
	}
}

// underWay is how many events have not reached everybody.
func (c *crowd) underWay() int { return int(c.seq - c.meter.complete.Load()) }

// drain waits until nothing is under way.
func (c *crowd) drain(ctx context.Context) error {
	for c.underWay() > 0 {
		if err := c.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// wait waits until another event has reached everybody.
func (c *crowd) wait(ctx context.Context) error {
	late := time.NewTimer(stall)
	defer late.Stop()
	select {
	case <-c.free:
		return nil
	case err := <-c.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return fmt.Errorf("nothing has arrived for %s; %d of %d events had reached everybody", stall, c.meter.complete.Load(), c.seq)
	}
}

// say sends n events, which count from a time of the tally's clock.
func (c *crowd) say(n int, at int64) error {
	c.message = c.message[:0]
	for i := range n {
		if i > 0 {
			c.message = append(c.message, '\n')
		}
		c.seq++
		if err := c.meter.send(c.seq, at); err != nil {
			return err
		}
		c.message = c.speaker.command(c.message, c.seq, c.size)
	}
	return c.speaker.send(c.message)
}

// takeTurns has crowds talk in turns, so many events a second all together,
// until that is over, and waits for the last. An event counts from the time when it was
// due, so that a server which makes the load wait does not gain by it.
func takeTurns(ctx context.Context, crowds []*crowd, perSecond float64, over <-chan struct{}) error {
	interval := time.Duration(float64(time.Second) / perSecond)
	beat, err := newBeat(interval)
	if err != nil {
		return err
	}
	defer beat.stop()
	due := crowds[0].meter.now()
	for turn := 0; !isOver(over) && ctx.Err() == nil; {
		n, err := beat.wait()
		if err != nil {
			return err
		}
		for range n {
			due += int64(interval)
			if err := crowds[turn%len(crowds)].say(1, due); err != nil {
				return err
			}
			turn++
		}
	}
	for _, c := range crowds {
		if err := c.drain(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}
