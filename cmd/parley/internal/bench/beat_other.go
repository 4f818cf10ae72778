//go:build !linux

package bench

import "time"

// beat strikes at an even pace.
type beat struct {
	interval time.Duration
	next     time.Time
}

func newBeat(interval time.Duration) (*beat, error) {
	return &beat{interval, time.Now().Add(interval)}, nil
}

// wait waits for the next beat and returns how many there were since the last
// call.
func (b *beat) wait() (int, error) {
	time.Sleep(time.Until(b.next))
	n := 1 + int(time.Since(b.next)/b.interval)
	b.next = b.next.Add(time.Duration(n) * b.interval)
	return n, nil
}

func (b *beat) stop() {}
