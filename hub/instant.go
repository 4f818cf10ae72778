package hub

import "time"

// instant is the time of an event that a deadline is measured from. The event's
// own time does not serve for that: it can be ahead of the clock, and the clock
// may be set at any time. A snapshot holds the event's time alone.
type instant struct {
	time.Time // of the event

	moment time.Time // the clock's reading at the event, monotonic part included
}

// deadline returns when d has passed since the instant.
func (i instant) deadline(d time.Duration) time.Time { return i.moment.Add(d) }

// measure sets the clock's reading of an instant that was read from the journal.
// An instant in the future counts as now: the clock was set back.
func (i *instant) measure(now time.Time) {
	i.moment = now.Add(-max(0, now.Sub(i.Time)))
}
