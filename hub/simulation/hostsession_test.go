package simulation

import (
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// hostSession is the state of the host session by its journal. It is guarded by run.mu.
type hostSession struct {
	*ledger
	queue     []string // waiting prompts, in order
	running   string
	over      map[string]string // the failure of each turn that is over; empty if it succeeded
	began     map[string]bool
	confirmed map[string]bool
	answers   map[string]string // how each question ended: an option, "" for cancelled, withdrawn
	open      map[string]bool   // pending permission requests
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

// check checks that turns run in the order of the queue, one at a time, each once.
func (h *hostSession) check(rec journal.Record) {
	e := payload[struct {
		Approval, Failure string
		Turn              struct {
			Approval string `json:"approval"`
		}
	}](h.ledger, rec)
	fault := ""
	switch rec.Type {
	case "turn_queued":
		fault = h.turnQueued(e.Turn.Approval)
	case "turn_began":
		fault = h.turnBegan(e.Approval)
	case "turn_over":
		fault = h.turnOver(e.Approval, e.Failure)
	case "host_agent":
		h.agent = payload[protocol.AgentStatusChanged](h.ledger, rec).Status
	case "turn_confirmed":
		h.confirmed[e.Approval] = true
	case "host_session_deleted":
		h.deleted = true
	default:
		h.question(rec)
	}
	if fault != "" {
		h.run.violation("host session: %s of %s: %s", rec.Type, e.Approval+e.Turn.Approval, fault)
	}
}

// turnQueued applies an event, and returns why it is not possible, or "".
func (h *hostSession) turnQueued(id string) (fault string) {
	if _, over := h.over[id]; over || h.began[id] || slices.Contains(h.queue, id) {
		fault = "it was queued before"
	}
	h.queue = append(h.queue, id)
	return fault
}

// turnBegan applies an event, and returns why it is not possible, or "".
func (h *hostSession) turnBegan(id string) (fault string) {
	if h.running != "" || len(h.queue) == 0 || h.queue[0] != id {
		fault = "it is not its turn"
	} else {
		h.queue = h.queue[1:]
	}
	h.running, h.began[id] = id, true
	return fault
}

// turnOver applies an event, and returns why it is not possible, or "".
func (h *hostSession) turnOver(id, failure string) (fault string) {
	i := slices.Index(h.queue, id)
	switch {
	case h.running == id:
		h.running = ""
	case i >= 0:
		h.queue = slices.Delete(h.queue, i, i+1)
	default:
		fault = "it neither ran nor waited"
	}
	h.over[id] = failure
	return fault
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
