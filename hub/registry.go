package hub

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/protocol"
)

// entry is a session in memory, or one that is being loaded.
type entry struct {
	ready chan struct{} // closed by runSession once the next three fields are set

	// set before ready is closed, then immutable
	actor *actor
	kind  journal.Kind
	err   error // why the session could not be loaded

	// guarded by Hub.mu
	refs int // senders that may still send to the actor
}

// acquire returns a session's entry, and loads the session if need be. The actor does not
// leave memory before release is called. Errors: errStopped, errMoved, those of
// load, and ctx's.
func (h *Hub) acquire(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool) (*entry, error) {
	for {
		e, err := h.entryOf(id, kind, create)
		if err != nil {
			return nil, err
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			h.release(e)
			return nil, ctx.Err()
		}
		switch {
		case e.err == nil:
			return e, nil
		case create && errors.Is(e.err, journal.ErrNotFound): // it was being loaded for somebody who does not create it
		default:
			return nil, e.err
		}
	}
}

// entryOf returns a session's entry with one more reference. It starts to load a session
// that has no entry.
func (h *Hub) entryOf(id journal.SessionID, kind journal.Kind, create bool) (*entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.phase == phaseNew || h.phase == phaseStopped:
		return nil, errStopped
	case h.lost[id.Partition()]:
		return nil, errMoved
	}
	e, known := h.live[id]
	if !known {
		e = &entry{ready: make(chan struct{})}
		h.live[id] = e
		h.actors.Go(func() { h.runSession(e, id, kind, create) })
	}
	e.refs++
	return e, nil
}

// release drops a reference to an entry.
func (h *Hub) release(e *entry) {
	h.mu.Lock()
	e.refs--
	h.mu.Unlock()
}

// runSession loads a session, or creates an empty one of a kind, and runs its actor.
func (h *Hub) runSession(e *entry, id journal.SessionID, kind journal.Kind, create bool) {
	l, err := h.load(h.life, id)
	if errors.Is(err, journal.ErrNotFound) && create {
		l, err = h.emptySession(id, kind), nil
	}
	if l.kind == journal.KindHost && err == nil && h.serving() != nil {
		err = errStopped // the session would start its agent again
	}
	if err != nil {
		e.err = err
		h.mu.Lock()
		delete(h.live, id)
		h.mu.Unlock()
		close(e.ready)
		return
	}
	a := newActor(h, id, l)
	if l.kind == journal.KindHost {
		a.shell = newHostShell(a, l.shared)
	} else {
		s := newSharedShell(a)
		a.shell, a.audience = s, s
	}
	e.kind, e.actor = l.kind, a
	close(e.ready)
	a.run(l.shared)
}

// retire removes an idle actor, whose goroutine then ends. It returns false and removes
// nothing if an input waits or a sender has a reference.
func (h *Hub) retire(a *actor) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, known := h.live[a.id]
	if !known || e.actor != a || e.refs > 0 || len(a.inbox)+len(a.mail) > 0 {
		return false
	}
	delete(h.live, a.id)
	return true
}

// stopAll stops the actors that match, concurrently, and waits until none is left.
func (h *Hub) stopAll(match func(*actor) bool) {
	for {
		actors := h.matchingActors(match)
		if len(actors) == 0 {
			return
		}
		for _, a := range actors {
			a.stop()
		}
		for _, a := range actors {
			<-a.done
			h.forget(a)
		}
	}
}

// matchingActors returns the actors that match. It waits for the sessions that are being
// loaded.
func (h *Hub) matchingActors(match func(*actor) bool) []*actor {
	h.mu.Lock()
	var entries []*entry
	for _, e := range h.live {
		entries = append(entries, e)
	}
	h.mu.Unlock()
	var actors []*actor
	for _, e := range entries {
		<-e.ready
		if e.err == nil && match(e.actor) {
			actors = append(actors, e.actor)
		}
	}
	return actors
}

// forget removes an actor that has ended, unless another one has replaced it.
func (h *Hub) forget(a *actor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e := h.live[a.id]; e != nil && e.actor == a {
		delete(h.live, a.id)
	}
}

// errMoved is the error for a session of a partition that another process has claimed.
// Nothing was done; a client that reconnects finds the process that serves it now.
var errMoved = protocol.Errorf(protocol.CodeJournalUnavailable, "the session has moved to another server; come back")

// losePartition gives up a partition that another process has claimed. All its sessions
// end here, also those that have not tried to write since. It does not wait, so that an
// actor can call it.
func (h *Hub) losePartition(p journal.Partition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost[p] {
		return
	}
	h.lost[p] = true
	h.options.Logger.Error("another process has claimed a partition of the journal", zap.Uint8("partition", uint8(p)))
	h.actors.Go(func() {
		h.stopAll(func(a *actor) bool { return a.id.Partition() == p })
	})
}

// closeReason returns why the connections of a session are closed when its actor ends.
func (h *Hub) closeReason(id journal.SessionID) feed.Closed {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost[id.Partition()] {
		return feed.Closed{Code: protocol.CloseMoved, Reason: "the session has moved to another server"}
	}
	return feed.Closed{Code: protocol.CloseGoingAway, Reason: "the server is stopping"}
}
