package simulation

import (
	"slices"
	"strings"

	"parley/protocol"
)

// audit checks the outcome of everything.
func (r *run) audit() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.auditRooms()
	for _, o := range r.operations {
		r.auditOperation(o)
	}
	for _, m := range r.rooms {
		r.auditChunks(m)
		for _, p := range m.prompts {
			r.auditPrompt(m, p)
		}
		for _, q := range m.questions {
			r.auditQuestion(m, q)
		}
	}
	for id, option := range r.responded {
		if journaled, known := r.host.answers[id]; option != journaled && (known || option != "") {
			r.violation("the agent received %q as the answer to %s, and the disk has %q", option, id, journaled)
		}
	}
}

// auditOperation checks that an acknowledged operation is on the disk once, and that a
// refused one is not.
func (r *run) auditOperation(o *operation) {
	n, kind := len(o.room.byCommand[o.id]), o.request.Command.CommandType()
	switch {
	case n > 1:
		r.violation("%s: the disk has %s (%s) %d times", o.room.name, o.id, kind, n)
	case o.acked && writesEvent(o.request.Command) && n == 0:
		r.violation("%s: %s (%s) was acknowledged and is lost", o.room.name, o.id, kind)
	case !o.acked && kind != protocol.CommandJoin && n > 0:
		r.violation("%s: %s (%s) was refused with %s, and the disk has it", o.room.name, o.id, kind, o.refused)
	}
}

// auditPrompt checks that a completed prompt reached the agent as it was approved, and
// that a failed one that did not reach it has a true reason.
func (r *run) auditPrompt(m *room, p *prompt) {
	text, given := r.prompted[p.id]
	failure, over := r.host.over[p.id]
	name := r.nameOf(p.id)
	switch {
	case given && (!p.approved || text != p.text):
		r.violation("the agent received %s as %q, approved as %q", name, text, p.text)
	case p.end == completed && (!given || !over || failure != ""):
		r.violation("%s is completed, the agent received %q, and its turn ended with %q", name, text, failure)
	case given || !p.approved || r.mayFail(m, p):
	default:
		r.violation("%s was approved and did not reach the agent: %s", name, p.end)
	}
}

// mayFail reports whether a prompt that did not reach the agent failed for a true reason.
// The reasons are texts of package hub.
func (r *run) mayFail(m *room, p *prompt) bool {
	reasons := []struct {
		text string
		is   bool
	}{
		{"cancelled", p.cancels || r.operated},
		{"the session was closed", m.ended},
		{"the session expired", m.ended},
		{"the session has ended", m.ended},
		{"too many prompts wait", len(r.creations) > 1},
		{"could not be started", r.launches > 1},
		{"was deleted", r.host.deleted},
		{"the agent was stopped", r.stopped},
		{"the turn took longer", r.host.began[p.id]},
		{"was restarted while", r.host.began[p.id]},
		{"was stopped while", r.host.began[p.id]},
		{"the agent exited", r.host.began[p.id]},
		{"the agent ended", r.host.began[p.id]},
	}
	for _, reason := range reasons {
		if strings.Contains(p.end, reason.text) {
			return reason.is
		}
	}
	return false
}

// auditQuestion checks that one answer won, that the agent received it, and that no other
// operation was acknowledged.
func (r *run) auditQuestion(m *room, q *question) {
	journaled, known := r.host.answers[q.id]
	switch {
	case q.open && known && !m.ended:
		r.violation("%s: %s is open, and the host session has its answer", m.name, q.id)
	case !q.open && q.option != "" && q.option != journaled:
		r.violation("%s: %s was answered with %q, and the host session has %q", m.name, q.id, q.option, journaled)
	}
	winner := ""
	for _, o := range r.operations {
		c, ok := o.request.Command.(*protocol.AnswerPermission)
		if !ok || c.RequestID != q.id || !o.acked {
			continue
		}
		if winner != "" || c.OptionID != journaled {
			r.violation("%s: %s won with %q, %s is answered with %q, and %q won too", m.name, o.id, c.OptionID, q.id, journaled, winner)
		}
		winner = o.id
	}
}

// auditChunks checks that a room has the agent's updates without a gap, except those
// before the room existed, and the last ones of a process that was killed.
func (r *run) auditChunks(m *room) {
	for _, p := range r.processes {
		missing, begun := 0, p.n > m.createdBy.n
		for _, n := range r.said[p] {
			switch there := slices.Contains(m.chunks, n); {
			case !there && begun:
				missing = n
			case !there:
			case missing > 0:
				r.violation("%s: update %d of the agent is missing before update %d", m.name, missing, n)
			default:
				begun = true
			}
		}
	}
}
