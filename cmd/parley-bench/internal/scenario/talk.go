package scenario

import (
	"context"
	"fmt"
	"time"

	"parley/cmd/parley-bench/internal/machine"
)

// stall is the time without any event after which a run fails.
const stall = 30 * time.Second

// window keeps n events in flight until over is closed, then waits for the last.
func (c *crowd) window(ctx context.Context, n int, over <-chan struct{}) error {
	return c.talk(ctx, n, func(int) bool { return isOver(over) })
}

// talk keeps n events in flight until enough reports true, then waits for the last.
func (c *crowd) talk(ctx context.Context, n int, enough func(sent int) bool) error {
	for sent := 0; ; {
		free := n - c.inFlight()
		switch {
		case enough(sent):
			return c.drain(ctx)
		case free > 0:
			if err := c.say(free, c.meter.Now()); err != nil {
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

// inFlight returns how many events have not reached all.
func (c *crowd) inFlight() int { return int(c.seq - c.meter.Reached()) }

// drain waits until nothing is in flight.
func (c *crowd) drain(ctx context.Context) error {
	for c.inFlight() > 0 {
		if err := c.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// wait waits until another event has reached all.
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
		return fmt.Errorf("nothing has arrived for %s; %d of %d events have reached all listeners", stall, c.meter.Reached(), c.seq)
	}
}

// say sends n events, whose latency counts from a time on the clock of the tally.
func (c *crowd) say(n int, at int64) error {
	c.message = c.message[:0]
	for i := range n {
		if i > 0 {
			c.message = append(c.message, '\n')
		}
		c.seq++
		if err := c.meter.Send(c.seq, at); err != nil {
			return err
		}
		c.message = c.speaker.Command(c.message, c.seq, c.size)
	}
	return c.speaker.Send(c.message)
}

// takeTurns lets crowds talk in turn, with perSecond events a second in total, until
// over is closed, and waits for the last. The latency of an event counts from the time
// when it was due, so that a server does not gain by making the load wait.
func takeTurns(ctx context.Context, crowds []*crowd, perSecond float64, over <-chan struct{}) error {
	interval := time.Duration(float64(time.Second) / perSecond)
	ticker, err := machine.NewTicker(interval)
	if err != nil {
		return err
	}
	defer ticker.Stop()
	due := crowds[0].meter.Now()
	for turn := 0; !isOver(over) && ctx.Err() == nil; {
		n, err := ticker.Wait()
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
