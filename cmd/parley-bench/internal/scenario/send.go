package scenario

import (
	"context"
	"fmt"
	"time"

	"parley/cmd/parley-bench/internal/machine"
)

// stallTimeout is the time without any event after which a run fails.
const stallTimeout = 30 * time.Second

// keepInFlight keeps n events in flight until over is closed, then waits for the last.
func (c *group) keepInFlight(ctx context.Context, n int, over <-chan struct{}) error {
	return c.sendUntil(ctx, n, func(int) bool { return isOver(over) })
}

// sendUntil keeps n events in flight until enough returns true, then waits for the last.
func (c *group) sendUntil(ctx context.Context, n int, enough func(sent int) bool) error {
	for sent := 0; ; {
		free := n - c.inFlight()
		switch {
		case enough(sent):
			return c.drain(ctx)
		case free > 0:
			if err := c.send(free, c.meter.Now()); err != nil {
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

// inFlight returns how many events have not reached all participants.
func (c *group) inFlight() int { return int(c.seq - c.meter.Reached()) }

// drain waits until nothing is in flight.
func (c *group) drain(ctx context.Context) error {
	for c.inFlight() > 0 {
		if err := c.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// wait waits until another event has reached all participants.
func (c *group) wait(ctx context.Context) error {
	timeout := time.NewTimer(stallTimeout)
	defer timeout.Stop()
	select {
	case <-c.completed:
		return nil
	case err := <-c.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-timeout.C:
		return fmt.Errorf("no event has arrived for %s; %d of %d events have reached all listeners", stallTimeout, c.meter.Reached(), c.seq)
	}
}

// send sends n events, whose latency counts from a time on the clock of the tally.
func (c *group) send(n int, at int64) error {
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

// sendInTurn sends perSecond events per second, by each group in turn, until over is closed,
// and waits for the last. The latency of an event counts from the time when it was due, so
// that a server does not gain by making the load wait.
func sendInTurn(ctx context.Context, groups []*group, perSecond float64, over <-chan struct{}) error {
	interval := time.Duration(float64(time.Second) / perSecond)
	ticker, err := machine.NewTicker(interval)
	if err != nil {
		return err
	}
	defer ticker.Stop()
	due := groups[0].meter.Now()
	for turn := 0; !isOver(over) && ctx.Err() == nil; {
		n, err := ticker.Wait()
		if err != nil {
			return err
		}
		for range n {
			due += int64(interval)
			if err := groups[turn%len(groups)].send(1, due); err != nil {
				return err
			}
			turn++
		}
	}
	for _, c := range groups {
		if err := c.drain(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}
