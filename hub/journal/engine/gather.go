package engine

import "time"

// gather waits until the next batch may begin. It does not wait when nothing
// does.
func (c *Committer) gather() {
	for {
		wait := c.wait()
		if wait <= 0 {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-c.wake:
		}
		timer.Stop()
	}
}

// wait is for how long the next batch waits if nothing else comes.
func (c *Committer) wait() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = c.next()
	return time.Until(c.until)
}

// next is when the next batch may begin, which is now for a time that has passed.
// It is called with mu held.
func (c *Committer) next() time.Time {
	if len(c.waiting) == 0 || len(c.waiting) >= maxBatchRequests || c.bytes >= maxBatchBytes || c.closing {
		return time.Time{}
	}
	return c.pace.next(c.events, c.waiting[0].since)
}
