package background

import (
	"context"
	"sync"
	"time"
)

// Worker is one goroutine that its owner starts, stops and waits for. The zero value
// is ready. Its methods are for the owner's goroutine.
type Worker struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Start runs f in a goroutine. Stop ends f's context. It is called at most once.
func (w *Worker) Start(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.running.Go(func() { f(ctx) })
}

// Stop ends the context of f and waits for f to return. It does nothing before
// Start.
func (w *Worker) Stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.running.Wait()
}

// StopAt waits for f to return by itself until the deadline, and then stops it. It
// does nothing before Start.
func (w *Worker) StopAt(deadline time.Time) {
	if w.cancel == nil {
		return
	}
	timer := time.AfterFunc(time.Until(deadline), w.cancel)
	defer timer.Stop()
	w.running.Wait()
	w.cancel()
}

// Notify sends to a channel of capacity one, or does nothing if the channel is full.
// The receiver looks for everything that there is to do, so one value is enough.
func Notify(ready chan<- struct{}) {
	select {
	case ready <- struct{}{}:
	default:
	}
}
