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
	ready chan struct{} // closed when actor or err is set
	actor *actor
	err   error
	refs  int // senders that have the actor and have not sent yet; guarded by Hub.mu
	kind  journal.Kind
}

// acquire returns a session's actor, and loads the session if need be. The actor does
// not leave memory before letGo.
func (h *Hub) acquire(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool) (*entry, error) {
	e, err := h.entryOf(id, kind, create)
	if err != nil {
		return nil, err
	}
	select {
	case <-e.ready:
	case <-ctx.Done():
		h.letGo(e)
		return nil, ctx.Err()
	}
	if e.err != nil {
		return nil, e.err
	}
	return e, nil
}

// entryOf returns a session's entry with one more reference, and starts to load a
// session that has none.
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

// letGo gives up a reference to an entry.
func (h *Hub) letGo(e *entry) {
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
		err = errStopped // it would start its agent again
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
		a.shell = newSharedShell(a)
	}
	e.kind, e.actor = l.kind, a
	close(e.ready)
	a.run(l.shared)
}

// retire removes an idle actor, whose goroutine ends after that. It returns false if a
// sender has a reference or input waits.
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

// stopAll stops the actors that match, all at once, and waits for them.
func (h *Hub) stopAll(match func(*actor) bool) {
	for {
		actors := h.actorsThat(match)
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

// actorsThat returns the actors that match, once the sessions that are being loaded
// have actors.
func (h *Hub) actorsThat(match func(*actor) bool) []*actor {
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

// forget removes an actor that has ended, unless another has taken its place.
func (h *Hub) forget(a *actor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e := h.live[a.id]; e != nil && e.actor == a {
		delete(h.live, a.id)
	}
}

// errMoved is the error for a session of a partition that another process has claimed.
// Nothing was done; a client that comes back finds the process that serves it now.
var errMoved = protocol.Errorf(protocol.CodeJournalUnavailable, "the session has moved to another server; come back")

// lose gives up a partition that another process has claimed. All its sessions end
// here, including those that have written nothing since and have not noticed. It does
// not wait, so that an actor can call it.
func (h *Hub) lose(p journal.Partition) {
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

// closing returns why a session's connections are closed when its actor ends.
func (h *Hub) closing(id journal.SessionID) feed.Closed {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lost[id.Partition()] {
		return feed.Closed{Code: protocol.CloseMoved, Reason: "the session has moved to another server"}
	}
	return feed.Closed{Code: protocol.CloseGoingAway, Reason: "the server is stopping"}
}
