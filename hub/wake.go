package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
)

// wakeHorizon is how long the hub waits at most between two searches for sessions that are
// due. A session that is due sooner does not leave memory.
const wakeHorizon = time.Minute

// wakeRetry is the pause after the list of due sessions could not be read, or a session
// could not be woken.
const wakeRetry = time.Second

// wakeSleeping wakes each sleeping session when it is due, and those at once that a crash
// has interrupted. It returns when ctx ends.
func (h *Hub) wakeSleeping(ctx context.Context) {
	damaged := map[journal.SessionID]bool{} // reported sessions; bounded by the number of damaged sessions
	for {
		next := h.wakeDue(ctx, damaged)
		select {
		case <-time.After(time.Until(next)):
		case <-ctx.Done():
			return
		}
	}
}

// wakeDue wakes the sessions that are due and returns when to look again.
func (h *Hub) wakeDue(ctx context.Context, damaged map[journal.SessionID]bool) time.Time {
	now := time.Now()
	next := now.Add(wakeHorizon)
	due, err := h.journal.Due(ctx, next, 1<<30)
	if err != nil {
		h.options.Logger.Error("the sessions that are due cannot be read", zap.Error(err))
		return now.Add(wakeRetry)
	}
	for _, s := range due {
		if s.Due.After(now) {
			return slices.MinFunc([]time.Time{next, s.Due}, time.Time.Compare) // the list is in the order of the times
		}
		if h.wake(ctx, s.Session, damaged) {
			next = now.Add(wakeRetry)
		}
	}
	return next
}

// wake loads a session, whose actor then does what is due. It reports whether to try again
// soon. It logs a damaged session once.
func (h *Hub) wake(ctx context.Context, id journal.SessionID, damaged map[journal.SessionID]bool) (again bool) {
	e, err := h.acquire(ctx, id, "", false)
	if err == nil {
		h.release(e)
		return false
	}
	if ctx.Err() != nil || errors.Is(err, errStopped) || errors.Is(err, errMoved) || errors.Is(err, journal.ErrNotFound) {
		return false
	}
	_, lasting := errors.AsType[*journal.DamageError](err)
	if !lasting || !damaged[id] {
		h.options.Logger.Error("a session that is due cannot be woken", zap.Stringer("session", id), zap.Error(err))
	}
	if lasting {
		damaged[id] = true
	}
	return !lasting
}
