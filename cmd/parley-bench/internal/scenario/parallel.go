package scenario

import (
	"sync"
	"sync/atomic"
)

// parallel calls do with 0 to n-1, at most atOnce at a time. After an error it starts
// no more calls; it returns an error once all have returned.
func parallel(atOnce, n int, do func(i int) error) error {
	var running sync.WaitGroup
	var next atomic.Int64
	failed := make(chan error, atOnce)
	for range min(atOnce, n) {
		running.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || len(failed) > 0 {
					return
				}
				if err := do(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	running.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
