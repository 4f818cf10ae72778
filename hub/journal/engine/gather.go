package engine

import "time"

// gather blocks until the next batch may begin. It returns at once if no request
// waits.
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

// wait returns how long the next batch waits if no other request arrives.
func (c *Committer) wait() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = c.next()
	return time.Until(c.until)
}

// next returns when the next batch may begin; a time in the past means now. The
// caller holds c.mu.
func (c *Committer) next() time.Time {
	if len(c.waiting) == 0 || len(c.waiting) >= maxBatchRequests || c.bytes >= maxBatchBytes || c.closing {
		return time.Time{}
	}
	return c.pace.next(c.events, c.waiting[0].since)
}
