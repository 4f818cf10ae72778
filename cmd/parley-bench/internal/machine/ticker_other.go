//go:build !linux

package machine

import "time"

// Ticker ticks at an even pace.
type Ticker struct {
	interval time.Duration
	next     time.Time
}

// NewTicker returns a ticker, whose first tick is after one interval.
func NewTicker(interval time.Duration) (*Ticker, error) {
	return &Ticker{interval, time.Now().Add(interval)}, nil
}

// Wait waits for the next tick and returns the number of ticks since the last call.
func (t *Ticker) Wait() (int, error) {
	time.Sleep(time.Until(t.next))
	n := 1 + int(time.Since(t.next)/t.interval)
	t.next = t.next.Add(time.Duration(n) * t.interval)
	return n, nil
}

// Stop frees the ticker. Wait must not be called after it.
func (t *Ticker) Stop() {}
