package background

import (
	"context"
	"sync"
	"time"
)

// Worker is one goroutine that its owner starts, stops and waits for. The zero value is
// ready to use. The methods are for the owner and not safe for concurrent use.
type Worker struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Start runs f in a goroutine, with a context that ends when the worker is stopped. It is
// called at most once.
func (w *Worker) Start(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.running.Go(func() { f(ctx) })
}

// Stop ends the context and waits for f to return. Without a [Worker.Start] it does nothing.
func (w *Worker) Stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.running.Wait()
}

// StopAt waits until f has returned. At the deadline it cancels the context of f, but
// still waits. Without a [Worker.Start] it does nothing.
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
// The receiver then does everything that is due, so one value is enough.
func Notify(ready chan<- struct{}) {
	select {
	case ready <- struct{}{}:
	default:
	}
}
