package hub

import (
	"context"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/shared"
)

// loaded is a session as the journal holds it.
type loaded struct {
	kind    journal.Kind
	state   rules.State
	head    journal.Head        // the newest event
	last    time.Time           // of the newest event
	unsaved int                 // how many events follow the snapshot
	shared  []journal.SessionID // of a host session: the shared sessions that are open on it
}

// load loads a session from its snapshot and the events after it. Errors:
// [journal.ErrNotFound], [*journal.DamageError], [journal.ErrUnavailable].
func (h *Hub) load(ctx context.Context, id journal.SessionID) (loaded, error) {
	sum, err := h.journal.Summary(ctx, id)
	if err != nil {
		return loaded{}, fmt.Errorf("load session %s: %w", id, err)
	}
	l, err := h.loadFrom(ctx, id, sum.Kind, true)
	if err != nil {
		return loaded{}, fmt.Errorf("load session %s: %w", id, err)
	}
	if s, ok := l.state.(*host.State); ok {
		s.SetClock(time.Now())
		l.shared, err = h.openOn(ctx, id)
	}
	return l, err
}

// emptySession returns a session without events.
func (h *Hub) emptySession(id journal.SessionID, kind journal.Kind) loaded {
	return loaded{kind: kind, state: h.newState(id, kind), head: journal.Head{Hash: journal.ChainStart(id)}}
}

// openOn returns the shared sessions that are open on a host session.
func (h *Hub) openOn(ctx context.Context, host journal.SessionID) ([]journal.SessionID, error) {
	open, err := h.journal.List(ctx, journal.Filter{Kind: journal.KindShared, HostSession: host, Status: "active"})
	ids := make([]journal.SessionID, len(open))
	for i, s := range open {
		ids[i] = s.Session
	}
	return ids, err
}

// loadFrom loads a session of a kind. It ignores a snapshot that cannot be decoded, or that
// does not belong to the journal.
func (h *Hub) loadFrom(ctx context.Context, id journal.SessionID, kind journal.Kind, useSnapshot bool) (loaded, error) {
	l := h.emptySession(id, kind)
	snap := journal.Snapshot{}
	if useSnapshot {
		snap = h.snapshot(ctx, id)
	}
	if snap.Head.Seq > 0 {
		if err := l.state.Restore(snap.State); err != nil {
			return h.loadFrom(ctx, id, kind, false)
		}
		l.head = snap.Head
	}
	for rec, err := range h.journal.Read(ctx, id, max(1, snap.Head.Seq)) {
		if err != nil {
			return loaded{}, err
		}
		if rec.Seq == snap.Head.Seq {
			if rec.Hash != snap.Head.Hash {
				return h.loadFrom(ctx, id, kind, false) // the snapshot belongs to another journal
			}
			l.last = rec.Time
			continue
		}
		e, err := l.state.Decode(rec)
		if err != nil {
			return loaded{}, &journal.DamageError{Session: id, Seq: rec.Seq, Place: "its content", Err: err}
		}
		l.state.Apply(e, rules.Stamp{Seq: rec.Seq, At: rec.Time})
		l.head, l.last = journal.Head{Seq: rec.Seq, Hash: rec.Hash}, rec.Time
		l.unsaved++
	}
	if l.last.IsZero() && snap.Head.Seq > 0 {
		return h.loadFrom(ctx, id, kind, false) // the snapshot is ahead of the journal
	}
	return l, nil
}

// snapshot returns the session's snapshot; a zero one if there is none that can be used.
// A snapshot only makes loading faster.
func (h *Hub) snapshot(ctx context.Context, id journal.SessionID) journal.Snapshot {
	snap, err := h.journal.Snapshot(ctx, id)
	if err != nil || snap.Version != snapshotVersion {
		return journal.Snapshot{}
	}
	return snap
}

// newState returns the state of a session without events.
func (h *Hub) newState(id journal.SessionID, kind journal.Kind) rules.State {
	if kind == journal.KindHost {
		return host.New(id, h.rules)
	}
	return shared.New(id, h.rules)
}
