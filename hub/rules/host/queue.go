package host

import (
	"slices"

	"parley/hub/rules"
	"parley/hub/rules/host/turns"
)

// The turns of all shared sessions wait in one queue. A shared session moves, edits and
// withdraws only its own turns: those of other shared sessions keep their places. The
// exception is a turn that interrupts a running turn of the same shared session, or of the
// agent's own: it takes the place of that turn, before all that wait.

// editTurn ends a turn that waits, or replaces it. Whether it still waits is decided here,
// so that an edit and the start of the turn have one order.
func (s *State) editTurn(m rules.EditTurn) rules.Decision {
	i := s.QueuedOf(m.Shared, m.Approval)
	if i < 0 {
		d, _ := s.reportTurn(rules.Turn{Approval: m.Approval, Shared: m.Shared}) // an earlier edit, whose report may be lost
		return d.With(rules.Send{To: m.Shared, Message: rules.EditRefused{Hold: m.Hold}})
	}
	return s.endTurn(rules.Decision{}, turns.Ended{Turn: s.Queue[i], Failure: rules.Cancelled, Edit: &m.Edit})
}

// moveTurn moves a turn that waits among those of its shared session.
func (s *State) moveTurn(m rules.MoveTurn) rules.Decision {
	from, to := s.QueuedOf(m.Shared, m.Approval), len(s.Queue)
	if m.Before != "" {
		to = s.QueuedOf(m.Shared, m.Before)
	}
	if from < 0 || to < 0 || from == to {
		return rules.Decision{}.With(rules.Send{To: m.Shared, Message: rules.EditRefused{Hold: m.Hold}})
	}
	order := turns.Moved(s.Queue, from, to)
	d := orderTurns(rules.Decision{}, s.Queue, order)
	return d.With(rules.Send{To: m.Shared, Message: rules.TurnMoved{Queue: s.PlacesIn(order, m.Shared), Move: m}})
}

// interrupt decides on the place of a turn that was added to the end of the queue and is to
// run next, and cancels the running turn if it is of the same shared session. It returns
// the new order.
func (s *State) interrupt(d rules.Decision, t rules.Turn) (rules.Decision, []rules.Turn) {
	queue := append(slices.Clone(s.Queue), t)
	last := len(queue) - 1
	if s.Running == nil || s.Running.Turn.Shared != t.Shared && !turns.IsOwn(s.Running.Turn) {
		first := slices.IndexFunc(queue, func(q rules.Turn) bool { return q.Shared == t.Shared })
		order := turns.Moved(queue, last, first)
		return orderTurns(d, queue, order), order
	}
	order := append([]rules.Turn{t}, s.Queue...)
	d = orderTurns(d, queue, order)
	if s.Running.Cancelling != "" {
		return d, order
	}
	told := rules.TurnCancelling{Approval: s.Running.Turn.Approval, By: t.Approver}
	return d.Then(s.cancelRunning(rules.Cancelled, &t.Approver)).With(rules.Send{To: t.Shared, Message: told}), order
}

// orderTurns records a new order of the queue, unless it is the old one.
func orderTurns(d rules.Decision, queue, order []rules.Turn) rules.Decision {
	if e := turns.Order(queue, order); e != nil {
		d.Events = append(d.Events, rules.Event{Public: e})
	}
	return d
}

// reportQueue reports to a shared session which of its turns wait. If none does, it knows
// that from the reports about each.
func reportQueue(d rules.Decision, p turns.Places) rules.Decision {
	if len(p.Queue) == 0 {
		return d
	}
	return d.With(rules.Send{To: p.Shared, Message: rules.QueueReported{Queue: p.Queue}})
}

// withQueueReports returns a decision with a report to each shared session for whose turns
// it changes the places.
func (s *State) withQueueReports(d rules.Decision) rules.Decision {
	for _, p := range s.ChangedPlaces(d.Events) {
		d = reportQueue(d, p)
	}
	return d
}
