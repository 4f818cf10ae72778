package journal

import "time"

// Requests wait for each other under load, so that fewer and larger batches are
// written: a batch costs the disk and the processor as much as many events do.
// Load is when batches follow each other closer than the interval that the
// engine was given, for longer than a moment.
const (
	// freeBatches is how many batches may follow each other closer than the
	// interval; they come back one in every interval. So nobody waits who does a
	// few things in a row.
	freeBatches = 32
	// enoughEvents is how many events do not wait: they are company enough.
	enoughEvents = 24
)

// pace says when the next batch begins. It is a token bucket, kept as the time
// at which it would be full again. It is for one goroutine.
type pace struct {
	interval time.Duration
	full     time.Time
}

// wait is how long the next batch waits for company.
func (p *pace) wait(now time.Time) time.Duration {
	return p.full.Add(-freeBatches * p.interval).Sub(now)
}

// begun notes that a batch begins.
func (p *pace) begun(now time.Time) {
	if p.full.Before(now) {
		p.full = now
	}
	p.full = p.full.Add(p.interval)
}

// gather waits until the next batch may begin. It does not wait when nothing
// does.
func (c *Committer) gather() {
	wait := c.pace.wait(time.Now())
	if wait <= 0 || c.hurries() {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-c.wake:
			if c.hurries() {
				return
			}
		}
	}
}

// hurries reports whether there is nothing to wait for.
func (c *Committer) hurries() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting) == 0 || c.events >= enoughEvents || c.closing
}
