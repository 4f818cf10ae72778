package hub

import (
	"context"
	"sync"
	"time"
)

// worker is one goroutine with a start, a stop and a wait. The zero value is
// ready; its methods are for one owner.
type worker struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// start runs f in a goroutine until f returns; stop ends f's context.
func (w *worker) start(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.done.Go(func() { f(ctx) })
}

// stopAt waits for f to return by itself until the deadline, then stops it.
func (w *worker) stopAt(deadline time.Time) {
	if w.cancel == nil {
		return
	}
	timer := time.AfterFunc(time.Until(deadline), w.cancel)
	defer timer.Stop()
	w.done.Wait()
	w.cancel()
}

// stop ends the context and waits. It does nothing before start.
func (w *worker) stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.done.Wait()
}
