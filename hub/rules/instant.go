package rules

import "time"

// Instant is the time of an event, for deadlines that are measured from it. The event's own
// time would not do: it can be ahead of the clock, and the clock may be set at any time. A
// snapshot holds the event's time alone; see [Instant.SetClock].
type Instant struct {
	time.Time // of the event

	clock time.Time // the clock's reading at the event, with its monotonic part
}

// Deadline returns the clock's reading at d after the instant.
func (i Instant) Deadline(d time.Duration) time.Time { return i.clock.Add(d) }

// SetClock sets the clock's reading of an instant that was read from the journal. An instant
// in the future counts as now: the clock was set back.
func (i *Instant) SetClock(now time.Time) {
	i.clock = now.Add(-max(0, now.Sub(i.Time)))
}
