package simulation

import (
	"slices"
	"strings"

	"parley/hub/journal"
	"parley/protocol"
)

// room is a shared session as its journal tells it. It is guarded by run.mu.
type room struct {
	*ledger
	session protocol.Session
	owner   *person
	madeBy  *process // at the latest: the one that answered
	invite  string   // the newest that anybody was told

	ended     bool
	agent     protocol.AgentStatus // as it was last told; empty for never
	people    []protocol.Participant
	prompts   []*prompt
	questions []*question
	chunks    []int // of the agent, by number
}

// prompt is one approval.
type prompt struct {
	id       string
	text     string
	pending  bool
	approved bool
	started  bool
	end      string // "" while there is none, "completed", or why it failed
	cancels  bool
}

// question is a request of the agent for permission.
type question struct {
	id     string
	open   bool
	option string // how it was answered
}

func (r *run) newRoom(session protocol.Session, name string) *room {
	id, err := journal.ParseSessionID(session.ID)
	if err != nil {
		r.violation("a session is called %q", session.ID)
	}
	room := &room{ledger: r.newLedger(id, name), session: session}
	room.fold = room.check
	return room
}

// check takes an event of the session and says whether it may stand there.
func (m *room) check(rec journal.Record) {
	if m.ended {
		m.run.violation("%s: %s comes after the session's end", m.name, rec.Type)
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

// participant is what the journal says of one; nil for nobody.
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
		m.run.violation("%s: what the agent said as number %d comes after number %d", m.name, n, m.chunks[len(m.chunks)-1])
	}
	m.chunks = append(m.chunks, n)
}

// promptEvent follows a prompt from its proposal to its one end.
func (m *room) promptEvent(rec journal.Record) {
	e := payload[struct {
		Approval   protocol.Approval `json:"approval"`
		ApprovalID string            `json:"approvalId"`
		Error      string            `json:"error"`
	}](m.ledger, rec)
	id := e.Approval.ID + e.ApprovalID
	p := m.prompt(id)
	known := p != nil
	if !known {
		p = &prompt{id: id}
		m.prompts = append(m.prompts, p)
	}
	was := *p
	allowed := known
	switch protocol.EventType(rec.Type) {
	case protocol.EventPromptPendingApproval:
		allowed = !known
		p.pending = true
	case protocol.EventPromptApproved:
		allowed = !was.approved && was.end == ""
		p.pending, p.approved, p.text = false, true, e.Approval.Prompt
	case protocol.EventPromptRejected:
		allowed = was.pending && was.end == ""
		p.pending, p.end = false, "rejected"
	case protocol.EventPromptQueued:
		allowed = was.approved && !was.started && was.end == ""
	case protocol.EventPromptCancelled:
		allowed = known && was.end == "" && !was.cancels
		p.cancels = true
	case protocol.EventPromptDispatchStarted:
		allowed = was.approved && !was.started && was.end == ""
		p.started = true
	case protocol.EventPromptDispatchCompleted:
		allowed = was.approved && was.end == ""
		p.end = completed
	case protocol.EventPromptDispatchFailed:
		allowed = (was.approved || was.cancels) && was.end == ""
		p.pending, p.end = false, "failed: "+e.Error
	}
	if !allowed {
		m.run.violation("%s: %s of a prompt that is %+v", m.name, rec.Type, was)
	}
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
		m.run.violation("%s: %s of %s, which is %+v", m.name, rec.Type, e.RequestID, q)
	}
}
