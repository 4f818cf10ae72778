package host

import (
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// The turns of all shared sessions wait in one queue. A shared session moves, edits and
// withdraws only its own turns: those of other shared sessions keep their places. The
// exception is a turn that interrupts a running turn of the same shared session, or of the
// agent's own: it takes the place of that turn, before all that wait.

// turnsOrderedEvent holds the new order of the queue, by the ids of the approvals. Its JSON
// is stored.
type turnsOrderedEvent struct{ Order []string }

// editTurn ends a turn that waits, or replaces it. Whether it still waits is decided here,
// so that an edit and the start of the turn have one order.
func (s *State) editTurn(m rules.EditTurn) rules.Decision {
	i := s.queuedOf(m.Shared, m.Approval)
	if i < 0 {
		d, _ := s.reportTurn(rules.Turn{Approval: m.Approval, Shared: m.Shared}) // an earlier edit, whose report may be lost
		return d.With(rules.Send{To: m.Shared, Message: rules.EditRefused{Hold: m.Hold}})
	}
	return s.endTurn(rules.Decision{}, endedTurn{Turn: s.Queue[i], Failure: rules.Cancelled, Edit: &m.Edit})
}

// moveTurn moves a turn that waits among those of its shared session.
func (s *State) moveTurn(m rules.MoveTurn) rules.Decision {
	from, to := s.queuedOf(m.Shared, m.Approval), len(s.Queue)
	if m.Before != "" {
		to = s.queuedOf(m.Shared, m.Before)
	}
	if from < 0 || to < 0 || from == to {
		return rules.Decision{}.With(rules.Send{To: m.Shared, Message: rules.EditRefused{Hold: m.Hold}})
	}
	order := movedOwn(s.Queue, from, to)
	d := s.orderTurns(rules.Decision{}, s.Queue, order)
	return d.With(rules.Send{To: m.Shared, Message: rules.TurnMoved{Queue: placesOf(m.Shared, order, s.Running), Move: m}})
}

// interrupt decides on the place of a turn that was added to the end of the queue and is to
// run next, and cancels the running turn if it is of the same shared session. It returns
// the new order.
func (s *State) interrupt(d rules.Decision, t rules.Turn) (rules.Decision, []rules.Turn) {
	queue := append(slices.Clone(s.Queue), t)
	last := len(queue) - 1
	if s.Running == nil || s.Running.Turn.Shared != t.Shared && !isOwn(s.Running.Turn) {
		first := slices.IndexFunc(queue, func(q rules.Turn) bool { return q.Shared == t.Shared })
		order := movedOwn(queue, last, first)
		return s.orderTurns(d, queue, order), order
	}
	order := append([]rules.Turn{t}, s.Queue...)
	d = s.orderTurns(d, queue, order)
	if s.Running.Cancelling != "" {
		return d, order
	}
	told := rules.TurnCancelling{Approval: s.Running.Turn.Approval, By: t.Approver}
	return d.Then(s.cancelRunning(rules.Cancelled, &t.Approver)).With(rules.Send{To: t.Shared, Message: told}), order
}

// orderTurns records a new order of the queue, unless it is the old one.
func (s *State) orderTurns(d rules.Decision, queue, order []rules.Turn) rules.Decision {
	e := &turnsOrderedEvent{}
	for _, t := range order {
		e.Order = append(e.Order, t.Approval)
	}
	if !slices.EqualFunc(queue, e.Order, func(t rules.Turn, id string) bool { return t.Approval == id }) {
		d.Events = append(d.Events, rules.Event{Public: e})
	}
	return d
}

// movedOwn returns a queue in which the turn at from stands before the turn at to, which is
// of the same shared session, or after all of that session if to is the length of the
// queue. The turns of other shared sessions keep their places.
func movedOwn(queue []rules.Turn, from, to int) []rules.Turn {
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

// queuedOf returns the index of a shared session's turn in the queue, or -1.
func (s *State) queuedOf(shared journal.SessionID, approval string) int {
	if i := s.queued(approval); i >= 0 && s.Queue[i].Shared == shared {
		return i
	}
	return -1
}

// placesOf returns the places of a shared session's turns in a queue.
func placesOf(shared journal.SessionID, queue []rules.Turn, running *runningTurn) (places []protocol.QueuedPrompt) {
	ahead := 0
	if running != nil {
		ahead++
	}
	for _, t := range queue {
		if t.Shared == shared {
			places = append(places, protocol.QueuedPrompt{ApprovalID: t.Approval, Ahead: ahead})
		}
		ahead++
	}
	return places
}

// reportQueue reports to a shared session which of its turns wait. If none does, it knows
// that from the reports about each.
func (s *State) reportQueue(d rules.Decision, shared journal.SessionID) rules.Decision {
	if places := placesOf(shared, s.Queue, s.Running); len(places) > 0 {
		d = d.With(rules.Send{To: shared, Message: rules.QueueReported{Queue: places}})
	}
	return d
}

// withQueueReports returns a decision with a report to each shared session for whose turns
// it changes the places.
func (s *State) withQueueReports(d rules.Decision) rules.Decision {
	after := s.queueAfter(d.Events)
	if after == nil {
		return d
	}
	var reported []journal.SessionID
	for _, t := range slices.Concat(s.Queue, after.Queue) {
		if slices.Contains(reported, t.Shared) {
			continue
		}
		reported = append(reported, t.Shared)
		if !slices.Equal(placesOf(t.Shared, s.Queue, s.Running), placesOf(t.Shared, after.Queue, after.Running)) {
			d = after.reportQueue(d, t.Shared)
		}
	}
	return d
}

// queueAfter returns a state with the queue and the running turn after events; nil if none
// of them changes these.
func (s *State) queueAfter(events []rules.Event) (after *State) {
	for _, e := range events {
		switch e.Public.(type) {
		case *turnQueuedEvent, *turnStartedEvent, *turnEndedEvent, *turnsOrderedEvent, *ownTurnBeganEvent:
			if after == nil {
				after = &State{Queue: slices.Clone(s.Queue), Running: s.Running}
			}
			after.applyTurn(e.Public, rules.Stamp{})
		}
	}
	return after
}

// applyOrder applies a new order of the queue.
func (s *State) applyOrder(e *turnsOrderedEvent) {
	slices.SortStableFunc(s.Queue, func(a, b rules.Turn) int {
		return slices.Index(e.Order, a.Approval) - slices.Index(e.Order, b.Approval)
	})
}

// replacement returns the turn that takes the place of one that a participant has edited.
func (e endedTurn) replacement() rules.Turn {
	r, old := e.Edit.Replacement, e.Turn
	return rules.Turn{
		Approval: r.ID, Shared: old.Shared, Prompt: r.Prompt, Content: r.Content, Author: e.Edit.By, Approver: e.Edit.By,
		When: r.When, Prefix: old.Prefix, Replaces: old.Approval,
	}
}
