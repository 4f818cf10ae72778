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
	// maxUnpaced is how many batches at most begin at once after waits that
	// brought nothing: whoever sends one thing after another, each when the one
	// before is done, has no company to wait for.
	maxUnpaced = 63
)

// pace says when the next batch begins. It is a token bucket, kept as the time
// at which it would be full again. It is for one goroutine.
type pace struct {
	interval time.Duration
	full     time.Time
	unpaced  int // how many batches the last wait in vain lets begin at once
	left     int // of unpaced
}

// wait is how long the next batch waits for company.
func (p *pace) wait(now time.Time) time.Duration {
	if p.left > 0 {
		return 0
	}
	return p.full.Add(-freeBatches * p.interval).Sub(now)
}

// waited notes whether a wait has brought company.
func (p *pace) waited(company bool) {
	if company {
		p.unpaced = 0
	} else {
		p.unpaced = min(2*p.unpaced+1, maxUnpaced)
	}
	p.left = p.unpaced
}

// begun notes that a batch begins. However many began at once, the next wait is
// an interval at most.
func (p *pace) begun(now time.Time) {
	p.left = max(p.left-1, 0)
	if p.full.Before(now) {
		p.full = now
	}
	p.full = p.full.Add(p.interval)
	if latest := now.Add((freeBatches + 1) * p.interval); p.full.After(latest) {
		p.full = latest
	}
}

// gather waits until the next batch may begin. It does not wait when nothing
// does.
func (c *Committer) gather() {
	wait := c.pace.wait(time.Now())
	first, hurry := c.queue()
	if wait <= 0 || first == 0 || hurry {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for late := false; !late && !hurry; {
		select {
		case <-timer.C:
			late = true
		case <-c.wake:
			_, hurry = c.queue()
		}
	}
	requests, _ := c.queue()
	c.pace.waited(requests > first)
}

// queue returns how many requests wait, and whether they have waited enough.
func (c *Committer) queue() (requests int, hurry bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting), c.enough()
}

// enough reports whether what waits need not wait for more. It is called with
// mu held.
func (c *Committer) enough() bool { return c.events >= enoughEvents || c.closing }
