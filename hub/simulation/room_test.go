package simulation

import (
	"slices"
	"strings"

	"parley/hub/journal"
	"parley/protocol"
)

// room is the state of a shared session by its journal. It is guarded by run.mu.
type room struct {
	*ledger
	session   protocol.Session
	owner     *person
	createdBy *process // the process that answered the creation; an earlier one may have created the room
	invite    string   // the newest that a client received

	ended     bool
	agent     protocol.AgentStatus // the newest status in the room; empty if there is none
	people    []protocol.Participant
	prompts   []*prompt
	questions []*question
	chunks    []int // numbers of the agent's updates
}

// prompt is an approval and its outcome.
type prompt struct {
	id       string
	text     string
	pending  bool
	approved bool
	started  bool
	end      string // "" while there is none, "completed", or why it failed
	cancels  bool
}

// question is a permission request.
type question struct {
	id     string
	open   bool
	option string // the answer
}

func (r *run) newRoom(session protocol.Session, name string) *room {
	id, err := journal.ParseSessionID(session.ID)
	if err != nil {
		r.violation("the id of a session is %q", session.ID)
	}
	room := &room{ledger: r.newLedger(id, name), session: session}
	room.fold = room.check
	return room
}

// check checks that an event is possible in the room's state.
func (m *room) check(rec journal.Record) {
	if m.ended {
		m.run.violation("%s: %s follows the session's end", m.name, rec.Type)
	}
	switch protocol.EventType(rec.Type) {
	case protocol.EventAgentStatus:
		m.agent = payload[protocol.AgentStatusChanged](m.ledger, rec).Status
	case protocol.EventSessionClosed:
		m.ended = true
	case protocol.EventParticipantJoined, protocol.EventParticipantUpdated, protocol.EventParticipantLeft:
		m.person(payload[protocol.ParticipantJoined](m.ledger, rec).Participant)
	case protocol.EventHostSessionUpdate:
		m.chunk(rec)
	case protocol.EventPermissionRequested, protocol.EventPermissionResolved, protocol.EventPermissionWithdrawn:
		m.permission(rec)
	default:
		if strings.HasPrefix(rec.Type, "prompt_") {
			m.promptEvent(rec)
		}
	}
}

func (m *room) person(p protocol.Participant) {
	if i := slices.IndexFunc(m.people, func(q protocol.Participant) bool { return q.ID == p.ID }); i >= 0 {
		m.people[i] = p
		return
	}
	m.people = append(m.people, p)
}

// participant returns a participant as in the journal, or nil.
func (m *room) participant(id string) *protocol.Participant {
	i := slices.IndexFunc(m.people, func(q protocol.Participant) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &m.people[i]
}

func (m *room) chunk(rec journal.Record) {
	n := payload[struct {
		Notification struct {
			Params struct{ N int } `json:"params"`
		} `json:"notification"`
	}](m.ledger, rec).Notification.Params.N
	if len(m.chunks) > 0 && n <= m.chunks[len(m.chunks)-1] {
		m.run.violation("%s: update %d of the agent follows update %d", m.name, n, m.chunks[len(m.chunks)-1])
	}
	m.chunks = append(m.chunks, n)
}

// promptPayload is the payload of the events about prompts.
type promptPayload struct {
	Approval   protocol.Approval `json:"approval"`
	ApprovalID string            `json:"approvalId"`
	Error      string            `json:"error"`
}

// promptEvent checks that an event is possible in its prompt's state.
func (m *room) promptEvent(rec journal.Record) {
	e := payload[promptPayload](m.ledger, rec)
	id := e.Approval.ID + e.ApprovalID
	p := m.prompt(id)
	known := p != nil
	if !known {
		p = &prompt{id: id}
		m.prompts = append(m.prompts, p)
	}
	before := *p
	if !p.apply(protocol.EventType(rec.Type), e, known) {
		m.run.violation("%s: %s of a prompt in the state %+v", m.name, rec.Type, before)
	}
}

// apply changes the prompt's state by an event, and reports whether the event is
// possible. known reports whether the prompt has had an event before.
func (p *prompt) apply(event protocol.EventType, e promptPayload, known bool) (possible bool) {
	isOpen := p.end == ""
	switch event {
	case protocol.EventPromptPendingApproval:
		possible = !known
		p.pending = true
	case protocol.EventPromptApproved:
		possible = !p.approved && isOpen
		p.pending, p.approved, p.text = false, true, e.Approval.Prompt
	case protocol.EventPromptRejected:
		possible = p.pending && isOpen
		p.pending, p.end = false, "rejected"
	case protocol.EventPromptQueued:
		possible = p.approved && !p.started && isOpen
	case protocol.EventPromptCancelled:
		possible = known && isOpen && !p.cancels
		p.cancels = true
	case protocol.EventPromptDispatchStarted:
		possible = p.approved && !p.started && isOpen
		p.started = true
	case protocol.EventPromptDispatchCompleted:
		possible = p.approved && isOpen
		p.end = completed
	case protocol.EventPromptDispatchFailed:
		possible = (p.approved || p.cancels) && isOpen
		p.pending, p.end = false, "failed: "+e.Error
	default:
		possible = known
	}
	return possible
}

const completed = "completed"

func (m *room) prompt(id string) *prompt {
	if i := slices.IndexFunc(m.prompts, func(p *prompt) bool { return p.id == id }); i >= 0 {
		return m.prompts[i]
	}
	return nil
}

func (m *room) permission(rec journal.Record) {
	e := payload[protocol.PermissionResolved](m.ledger, rec)
	var q *question
	if i := slices.IndexFunc(m.questions, func(q *question) bool { return q.id == e.RequestID }); i >= 0 {
		q = m.questions[i]
	}
	switch {
	case protocol.EventType(rec.Type) == protocol.EventPermissionRequested && q == nil:
		m.questions = append(m.questions, &question{id: e.RequestID, open: true})
	case protocol.EventType(rec.Type) != protocol.EventPermissionRequested && q != nil && q.open:
		q.open = false
		if e.OptionID != nil {
			q.option = *e.OptionID
		}
	default:
		m.run.violation("%s: %s of %s in the state %+v", m.name, rec.Type, e.RequestID, q)
	}
}
