package task

import (
	"context"
	"sync"
)

// Group is a set of goroutines and calls that are in progress. The zero value is
// an open, empty group. Its methods are safe for concurrent use.
type Group struct {
	mu      sync.Mutex
	closed  bool           // guarded by mu
	running sync.WaitGroup // Add is guarded by mu, so that none follows Close
}

// Enter adds a call that is in progress, which must end with [Group.Leave]. It
// returns false if the group is closed.
func (g *Group) Enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.running.Add(1)
	return true
}

// Leave ends a call that [Group.Enter] added.
func (g *Group) Leave() { g.running.Done() }

// Go runs f in a goroutine of the group. It returns false, and does not run f, if
// the group is closed.
func (g *Group) Go(f func()) bool {
	if !g.Enter() {
		return false
	}
	go func() {
		defer g.Leave()
		f()
	}()
	return true
}

// Do runs f in the caller's goroutine, unless the group is closed.
func (g *Group) Do(f func()) {
	if g.Enter() {
		defer g.Leave()
		f()
	}
}

// Close keeps further calls out of the group. It does not wait for those that are
// in progress.
func (g *Group) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// Wait waits for the calls in progress. It must follow [Group.Close].
func (g *Group) Wait() { g.running.Wait() }

// WaitContext is [Group.Wait] that returns ctx's error when ctx ends first.
func (g *Group) WaitContext(ctx context.Context) error {
	done := make(chan struct{}) // closed by the goroutine below, which ends with the last call
	go func() {
		g.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
