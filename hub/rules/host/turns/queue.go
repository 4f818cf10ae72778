package turns

import (
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Queued returns the index of a turn in the queue, or -1.
func (t *Turns) Queued(approval string) int {
	return slices.IndexFunc(t.Queue, func(q rules.Turn) bool { return q.Approval == approval })
}

// QueuedOf returns the index of a shared session's turn in the queue, or -1.
func (t *Turns) QueuedOf(shared journal.SessionID, approval string) int {
	if i := t.Queued(approval); i >= 0 && t.Queue[i].Shared == shared {
		return i
	}
	return -1
}

// Ahead returns how many turns come before one that is at an index of the queue.
func (t *Turns) Ahead(index int) int {
	if t.Running != nil {
		return index + 1
	}
	return index
}

// Places returns the places of a shared session's turns in the queue.
func (t *Turns) Places(shared journal.SessionID) []protocol.QueuedPrompt {
	return t.PlacesIn(t.Queue, shared)
}

// PlacesIn returns the places of a shared session's turns in another queue, before which the
// same turn runs.
func (t *Turns) PlacesIn(queue []rules.Turn, shared journal.SessionID) (places []protocol.QueuedPrompt) {
	for i, q := range queue {
		if q.Shared == shared {
			places = append(places, protocol.QueuedPrompt{ApprovalID: q.Approval, Ahead: t.Ahead(i)})
		}
	}
	return places
}

// Moved returns a queue in which the turn at from stands before the turn at to, which is of
// the same shared session, or after all of that session if to is the length of the queue.
// The turns of other shared sessions keep their places.
func Moved(queue []rules.Turn, from, to int) []rules.Turn {
	moved := queue[from]
	var own []rules.Turn
	for i, t := range queue {
		if i == to {
			own = append(own, moved)
		}
		if i != from && t.Shared == moved.Shared {
			own = append(own, t)
		}
	}
	if to == len(queue) {
		own = append(own, moved)
	}
	order := slices.Clone(queue)
	for i := range order {
		if order[i].Shared == moved.Shared {
			order[i], own = own[0], own[1:]
		}
	}
	return order
}

// Order returns the event that gives a queue a new order; nil if it is the old one.
func Order(queue, order []rules.Turn) *OrderedEvent {
	e := &OrderedEvent{}
	for _, t := range order {
		e.Order = append(e.Order, t.Approval)
	}
	if slices.EqualFunc(queue, e.Order, func(t rules.Turn, id string) bool { return t.Approval == id }) {
		return nil
	}
	return e
}

// applyOrder applies a new order of the queue.
func (t *Turns) applyOrder(e *OrderedEvent) {
	slices.SortStableFunc(t.Queue, func(a, b rules.Turn) int {
		return slices.Index(e.Order, a.Approval) - slices.Index(e.Order, b.Approval)
	})
}

// after returns the turns after events; nil if none of them changes which turns wait or run.
// The ends are not part of the result.
func (t *Turns) after(events []rules.Event) (after *Turns) {
	for _, e := range events {
		switch e.Public.(type) {
		case *QueuedEvent, *StartedEvent, *EndedEvent, *OrderedEvent, *OwnBeganEvent:
			if after == nil {
				after = &Turns{Queue: slices.Clone(t.Queue), Running: t.Running}
			}
			after.Apply(e.Public, rules.Stamp{})
		}
	}
	return after
}

// Places are the places of one shared session's turns in the queue.
type Places struct {
	Shared journal.SessionID
	Queue  []protocol.QueuedPrompt
}

// ChangedPlaces returns the places of the turns of each shared session for which events
// change them, in the order of the queue.
func (t *Turns) ChangedPlaces(events []rules.Event) (changed []Places) {
	after := t.after(events)
	if after == nil {
		return nil
	}
	var seen []journal.SessionID
	for _, q := range slices.Concat(t.Queue, after.Queue) {
		if slices.Contains(seen, q.Shared) {
			continue
		}
		seen = append(seen, q.Shared)
		if places := after.Places(q.Shared); !slices.Equal(t.Places(q.Shared), places) {
			changed = append(changed, Places{q.Shared, places})
		}
	}
	return changed
}
