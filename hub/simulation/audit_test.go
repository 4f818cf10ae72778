package simulation

import (
	"slices"
	"strings"

	"parley/protocol"
)

// audit looks at what became of everything.
func (r *run) audit() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.auditRooms()
	for _, o := range r.orders {
		r.auditOrder(o)
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
			r.violation("the agent was told %q to %s, and the disk says %q", option, id, journaled)
		}
	}
}

// auditOrder: what was acknowledged is there once, what was refused is not.
func (r *run) auditOrder(o *order) {
	n, kind := len(o.room.did[o.id]), o.request.Command.CommandType()
	switch {
	case n > 1:
		r.violation("%s: the disk has %s (%s) %d times", o.room.name, o.id, kind, n)
	case o.acked && leavesEvent(o.request.Command) && n == 0:
		r.violation("%s: %s (%s) was acknowledged and is lost", o.room.name, o.id, kind)
	case !o.acked && kind != protocol.CommandJoin && n > 0:
		r.violation("%s: %s (%s) was refused with %s, and is there", o.room.name, o.id, kind, o.refused)
	}
}

// auditPrompt: a prompt that is completed has reached the agent as it was
// approved, and one that has failed without that has a reason to.
func (r *run) auditPrompt(m *room, p *prompt) {
	text, given := r.prompted[p.id]
	failure, over := r.host.over[p.id]
	name := r.nameOf(p.id)
	switch {
	case given && (!p.approved || text != p.text):
		r.violation("the agent was given %s as %q, approved as %q", name, text, p.text)
	case p.end == completed && (!given || !over || failure != ""):
		r.violation("%s is completed, and the agent was given %q, and it ended with %q", name, text, failure)
	case given || !p.approved || r.mayFail(m, p):
	default:
		r.violation("%s was approved and did not reach the agent: %s", name, p.end)
	}
}

// mayFail tells whether a prompt that did not reach the agent has failed for a
// reason that is so.
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

// auditQuestion: one answer won, the agent was told that one, and nobody else
// was told that theirs did.
func (r *run) auditQuestion(m *room, q *question) {
	journaled, known := r.host.answers[q.id]
	switch {
	case q.open && known && !m.ended:
		r.violation("%s: %s is open, and the host session has it answered", m.name, q.id)
	case !q.open && q.option != "" && q.option != journaled:
		r.violation("%s: %s was answered with %q, and the host session has %q", m.name, q.id, q.option, journaled)
	}
	winner := ""
	for _, o := range r.orders {
		c, ok := o.request.Command.(*protocol.AnswerPermission)
		if !ok || c.RequestID != q.id || !o.acked {
			continue
		}
		if winner != "" || c.OptionID != journaled {
			r.violation("%s: %s won with %q, %s is answered with %q, and %q won, too", m.name, o.id, c.OptionID, q.id, journaled, winner)
		}
		winner = o.id
	}
}

// auditChunks: what the agent said is there without a hole, but for what it said
// before there was a room, and for the end of what a process heard that was
// killed.
func (r *run) auditChunks(m *room) {
	for _, p := range r.processes {
		missing, begun := 0, p.n > m.madeBy.n
		for _, n := range r.said[p] {
			switch there := slices.Contains(m.chunks, n); {
			case !there && begun:
				missing = n
			case !there:
			case missing > 0:
				r.violation("%s: number %d of what the agent said is missing before number %d", m.name, missing, n)
			default:
				begun = true
			}
		}
	}
}
