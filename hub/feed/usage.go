package feed

import "time"

// usage is what a backlog counts for the budget of all connections. It is
// guarded by the backlog's mu.
type usage struct {
	returned int       // bytes of the lines that Take has returned, until it is called again
	counted  int       // bytes, as the budget has them
	since    time.Time // when the connection began to hold something, or Take was last called
	cutOff   bool      // the connection was ended to free memory
	released bool      // Close was called, and nothing counts
}

// account tells the budget what the connection holds: the queue, and the lines
// that it is sending, which are in memory twice, as lines and as they are
// written. The caller holds mu.
func (b *backlog) account() {
	n := b.bytes + 2*b.use.returned
	if b.use.released {
		n = 0
	}
	if b.use.counted == 0 && n > 0 {
		b.use.since = time.Now()
	}
	b.all.add(n - b.use.counted)
	b.use.counted = n
}

// returned counts the lines that Take returns, until it is called again.
func (b *backlog) returned(lines []Line) {
	bytes := 0
	for _, l := range lines {
		bytes += len(l.Bytes)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.use.returned = bytes
	if b.account(); b.use.counted > 0 {
		b.use.since = time.Now()
	}
}

// holding implements [holder]. A connection that was cut off is about to release
// its memory and has nothing more to free.
func (b *backlog) holding() holding {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.use.cutOff {
		return holding{}
	}
	return holding{bytes: b.use.counted, since: b.use.since}
}

// cutOff implements [holder]. It breaks the connection off as well, since a
// client that does not read would not learn that the subscription has ended.
func (b *backlog) cutOff() {
	b.mu.Lock()
	b.tooSlow()
	b.use.cutOff = true
	sink := b.sink
	b.mu.Unlock()
	sink.Cut()
}
