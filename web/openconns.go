package web

import (
	"context"
	"sync"

	"parley/protocol"
)

// openConns counts what lasts as long as its client wants: streams, sockets and
// long polls. It is what lets a server end them all and wait for them.
type openConns struct {
	draining context.Context // ends when Shutdown begins
	drained  context.CancelFunc

	mu       sync.Mutex
	handlers sync.WaitGroup // guarded by mu against Add after Wait
}

func newOpenConns() *openConns {
	ctx, cancel := context.WithCancel(context.Background())
	return &openConns{draining: ctx, drained: cancel}
}

// enter counts somebody in, who has to call leave when done.
func (c *openConns) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing() {
		return errShuttingDown
	}
	c.handlers.Add(1)
	return nil
}

func (c *openConns) leave() { c.handlers.Done() }

// until returns a context that ends with parent or when the server shuts down.
func (c *openConns) until(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(c.draining, cancel)
	return ctx, func() { stop(); cancel() }
}

// closing reports whether the server shuts down.
func (c *openConns) closing() bool { return c.draining.Err() != nil }

// drain ends all handlers and waits for them.
func (c *openConns) drain(ctx context.Context) error {
	c.mu.Lock()
	c.drained()
	c.mu.Unlock()

	done := make(chan struct{}) // closed by the goroutine below, which ends with the last handler
	go func() {
		c.handlers.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errShuttingDown refuses what would outlast the server. A retry reaches the
// next one.
var errShuttingDown = protocol.Errorf(protocol.CodeJournalUnavailable, "the server is shutting down; come back in a moment")
