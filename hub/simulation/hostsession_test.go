package simulation

import (
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// hostSession is the host session as its journal tells it. It is guarded by
// run.mu.
type hostSession struct {
	*ledger
	queue     []string // that wait, in order
	running   string
	over      map[string]string // why each turn that is over failed; empty if it did not
	began     map[string]bool
	confirmed map[string]bool
	answers   map[string]string // how each question ended: an option, "" for cancelled, withdrawn
	open      map[string]bool   // questions
	agent     protocol.AgentStatus
	deleted   bool
}

func (r *run) newHostSession(id journal.SessionID) *hostSession {
	h := &hostSession{
		ledger: r.newLedger(id, "host session"), over: map[string]string{}, began: map[string]bool{},
		confirmed: map[string]bool{}, answers: map[string]string{}, open: map[string]bool{},
	}
	h.fold = h.check
	return h
}

// check follows the turns: first in, first out, one at a time, each once.
func (h *hostSession) check(rec journal.Record) {
	e := payload[struct {
		Approval, Failure string
		Turn              struct {
			Approval string `json:"approval"`
		}
	}](h.ledger, rec)
	bad := func(why string) {
		h.run.violation("host session: %s of %s: %s", rec.Type, e.Approval+e.Turn.Approval, why)
	}
	switch rec.Type {
	case "turn_queued":
		id := e.Turn.Approval
		if _, over := h.over[id]; over || h.began[id] || slices.Contains(h.queue, id) {
			bad("it was queued before")
		}
		h.queue = append(h.queue, id)
	case "turn_began":
		if h.running != "" || len(h.queue) == 0 || h.queue[0] != e.Approval {
			bad("it is not its turn")
		} else {
			h.queue = h.queue[1:]
		}
		h.running, h.began[e.Approval] = e.Approval, true
	case "turn_over":
		i := slices.Index(h.queue, e.Approval)
		switch {
		case h.running == e.Approval:
			h.running = ""
		case i >= 0:
			h.queue = slices.Delete(h.queue, i, i+1)
		default:
			bad("it neither ran nor waited")
		}
		h.over[e.Approval] = e.Failure
	case "host_agent":
		h.agent = payload[protocol.AgentStatusChanged](h.ledger, rec).Status
	case "turn_confirmed":
		h.confirmed[e.Approval] = true
	case "host_session_deleted":
		h.deleted = true
	default:
		h.question(rec)
	}
}

const withdrawn = "withdrawn"

func (h *hostSession) question(rec journal.Record) {
	e := payload[protocol.PermissionResolved](h.ledger, rec)
	switch protocol.EventType(rec.Type) {
	case protocol.EventPermissionRequested:
		h.open[e.RequestID] = true
		return
	case protocol.EventPermissionResolved:
		h.answers[e.RequestID] = ""
		if e.OptionID != nil {
			h.answers[e.RequestID] = *e.OptionID
		}
	case protocol.EventPermissionWithdrawn:
		h.answers[e.RequestID] = withdrawn
	default:
		return
	}
	if !h.open[e.RequestID] {
		h.run.violation("host session: %s of %s, which is not open", rec.Type, e.RequestID)
	}
	h.open[e.RequestID] = false
}
