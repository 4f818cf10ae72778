package meter

import (
	"sync/atomic"
	"time"
)

// Tally counts the events and deliveries of all rooms of a run. It is safe for concurrent
// use.
type Tally struct {
	Delivered atomic.Int64 // events times listeners
	Complete  atomic.Int64 // events that have reached all listeners
	Measuring atomic.Bool  // whether latencies are recorded
	Latency   Histogram    // of deliveries, in nanoseconds

	began time.Time // immutable
}

// NewTally returns an empty tally, whose clock begins now.
func NewTally() *Tally { return &Tally{began: time.Now(), Latency: newHistogram()} }

// Now returns the time on the clock of the tally, in nanoseconds.
func (t *Tally) Now() int64 { return int64(time.Since(t.began)) }
