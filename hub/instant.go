package hub

import "time"

// instant is when something happened that a deadline is measured from. The
// event's time is not good for that: it can be ahead of the clock, which may be
// set at any time. The moment is the clock's own, with the monotonic reading
// that package time compares by. A snapshot has the event's time alone.
type instant struct {
	time.Time // of the event

	moment time.Time
}

// measure finds the moment of an instant that was read from the journal. One
// that seems to be still to come is taken for now: the clock was set back.
func (i *instant) measure(now time.Time) {
	i.moment = now.Add(-max(0, now.Sub(i.Time)))
}
