package e2e

import "time"

// Poll calls ready again and again, with pauses of the given interval, until it returns
// true. It returns false if that does not happen within a time limit.
func Poll(interval, limit time.Duration, ready func() bool) bool {
	timeout := time.After(limit)
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-timeout:
			return false
		}
	}
	return true
}
