package live

import (
	"context"
	"math"
	"time"

	"parley/protocol"
	"parley/web/internal/access"
	"parley/web/internal/task"
)

// watch checks what the request of a connection has proved again whenever it expires, and
// calls lost with a close code and the reason when it is no longer valid.
func (c *connection) watch(p access.Proof, lost func(code int, reason string)) {
	c.identity = c.server.watch(p, &c.tasks, lost)
}

// Watch is for a connection that is served elsewhere: it checks what its request has proved
// again whenever that expires, and calls lost when it is no longer valid, until the caller
// calls stop.
func (s *Server) Watch(p access.Proof, lost func(code int, reason string)) (stop func()) {
	var tasks task.Group
	timer := s.watch(p, &tasks, lost)
	return func() {
		tasks.Close()
		tasks.Wait()
		timer.stop()
	}
}

// watcher checks the identity of one connection, in one task at a time.
type watcher struct {
	// immutable
	server *Server
	lost   func(code int, reason string)
	timer  *time.Timer

	proof access.Proof // owned by the task
}

// watch begins to check a proof again, in tasks of a group; nil if the proof does not expire.
func (s *Server) watch(p access.Proof, tasks *task.Group, lost func(code int, reason string)) *watcher {
	if p.Expires.IsZero() {
		return nil
	}
	w := &watcher{server: s, lost: lost, proof: p}
	w.timer = time.AfterFunc(math.MaxInt64, func() { tasks.Go(w.check) })
	w.timer.Reset(time.Until(p.Expires)) // only now, so that check finds the timer set
	return w
}

// stop ends the checks. The group of tasks has ended. A nil watcher has none.
func (w *watcher) stop() {
	if w != nil {
		w.timer.Stop()
	}
}

const (
	// recheckTimeout bounds a check, which may ask the identity provider.
	recheckTimeout = 20 * time.Second
	// shortestProof is the least time between two checks.
	shortestProof = time.Second
)

// check checks the proof again. A client whose identity cannot be checked now may connect
// again.
func (w *watcher) check() {
	ctx, cancel := context.WithTimeout(w.server.draining, recheckTimeout)
	defer cancel()
	next, err := w.server.options.Recheck(ctx, w.proof)
	switch e := protocol.AsError(err); {
	case w.server.IsShuttingDown():
	case err != nil && (e.Entry().Retryable || ctx.Err() != nil):
		w.lost(protocol.CloseTryAgain, "who you are cannot be checked now")
	case err != nil:
		w.lost(protocol.CloseBadCredentials, e.Message)
	case !next.Expires.IsZero():
		w.proof = next
		w.timer.Reset(max(time.Until(next.Expires), shortestProof))
	}
}
