package join

import (
	"cmp"

	"parley/protocol"
)

// event shows one event.
func (s *screen) event(r *room, e *protocol.Event) {
	switch p := e.Payload.(type) {
	case *protocol.MessageCreated:
		s.line(plain, "%s: %s%s", r.nameOf(p.Participant), indented(p.Message.Text), hiddenWarning(p.Participant.Name(), p.Message.Text))
	case *protocol.PromptPendingApproval:
		s.proposed(r, p)
	case *protocol.PromptApproved:
		s.approved(r, p)
	case *protocol.PromptRejected:
		s.line(accent, "* %s rejected%s: %s%s", r.nameOf(p.Participant), r.numbered(p.Approval.ID), short(p.Approval.Prompt, 100), because(p.Approval.Reason))
	case *protocol.PromptQueued:
		s.line(dim, "* it waits for %d other turn(s)", p.Ahead)
	case *protocol.PromptCancelled:
		s.line(accent, "* %s cancelled%s", r.nameOf(p.Participant), cmp.Or(r.numbered(p.ApprovalID), " a prompt"))
	case *protocol.PromptDispatchStarted:
		s.line(dim, "* the agent begins%s", r.numbered(p.ApprovalID))
	case *protocol.PromptDispatchCompleted:
		s.line(dim, "* the agent is done%s (%s)", r.numbered(p.ApprovalID), oneLine(cmp.Or(p.StopReason, "no reason given")))
	case *protocol.PromptDispatchFailed:
		s.line(bad, "* the turn failed: %s", indented(p.Error))
	case *protocol.HostSessionUpdate:
		s.update(p.Notification)
	case *protocol.PermissionRequested:
		s.asked(r, p)
	default:
		s.people(r, e)
	}
}

// people shows an event that concerns the session or its participants.
func (s *screen) people(r *room, e *protocol.Event) {
	switch p := e.Payload.(type) {
	case *protocol.ParticipantJoined:
		s.line(accent, "* %s is here (%s)", r.nameOf(p.Participant), oneLine(string(p.Participant.Role)))
	case *protocol.ParticipantLeft:
		how := "left"
		if p.RemovedBy != nil {
			how = "was removed"
		}
		s.line(accent, "* %s %s%s", r.nameOf(p.Participant), how, because(p.Reason))
	case *protocol.ParticipantUpdated:
		s.line(accent, "* %s is now %s", r.nameOf(p.Participant), oneLine(string(p.Participant.Role)))
	case *protocol.SharedSessionCreated:
		s.line(dim, "* the session was created")
	case *protocol.SessionUpdated:
		s.line(accent, "* %s set the mode to %s", r.nameOf(p.Participant), oneLine(string(p.Session.Mode)))
	case *protocol.SessionClosed:
		s.line(accent, "* the session is %s", oneLine(string(p.Status)))
	case *protocol.InviteRotated:
		s.line(accent, "* %s made a new invite; the old link no longer works", r.nameOf(p.Participant))
	case *protocol.PermissionResolved:
		s.resolved(r, p)
	case *protocol.PermissionWithdrawn:
		s.line(dim, "* the agent's question%s needs no answer any more", r.numbered(p.RequestID))
	case *protocol.AgentUpdated:
		s.facts(p.AgentFacts)
	case *protocol.AgentStatusChanged:
		s.status(e.Timestamp, p)
	case *protocol.AgentSession:
		s.continued(p)
	case *protocol.AgentStrayOutput:
		s.line(dim, "* the agent also writes other things to its output, which only the server's log has")
	default:
		s.line(dim, "* %s", oneLine(string(e.Type)))
	}
}

// numbered returns an item's number behind a space, if it has one.
func (r *room) numbered(id string) string {
	if i := r.ledger.find(id); i != nil {
		return " " + i.name()
	}
	return ""
}

// proposed shows a proposal, or that there was one.
func (s *screen) proposed(r *room, p *protocol.PromptPendingApproval) {
	if i := r.waiting(kindProposal, p.Approval.ID); i != nil {
		i.author = r.nameOf(p.Participant)
		s.proposal(r, i)
		return
	}
	s.line(alert, "? %s proposed%s: %s%s", r.nameOf(p.Participant), r.numbered(p.Approval.ID), indented(p.Approval.Prompt), hiddenWarning(p.Approval.Prompt))
}

// asked shows a question of the agent, or that there was one.
func (s *screen) asked(r *room, p *protocol.PermissionRequested) {
	if i := r.waiting(kindQuestion, p.RequestID); i != nil {
		s.question(i)
		return
	}
	q := questionOf(p.Permission)
	s.line(alert, "? the agent asked%s to: %s%s", r.numbered(p.RequestID), indented(q.call.heading()), q.body())
}

func (s *screen) approved(r *room, p *protocol.PromptApproved) {
	edited := ""
	if p.Approval.OriginalPrompt != nil {
		edited = ", edited"
	}
	s.line(accent, "* %s approved%s%s: %s%s", r.nameOf(p.Participant), r.numbered(p.Approval.ID), edited, indented(p.Approval.Prompt), hiddenWarning(p.Approval.Prompt))
}

func (s *screen) resolved(r *room, p *protocol.PermissionResolved) {
	answer := oneLine(string(p.Outcome))
	if p.OptionID != nil {
		answer = oneLine(*p.OptionID)
	}
	about := ""
	if i := r.ledger.find(p.RequestID); i != nil && i.kind == kindQuestion {
		about = " " + i.name() + " (" + i.title() + ")"
		for _, o := range i.question.options {
			if p.OptionID != nil && o.ID == *p.OptionID && o.Name != "" {
				answer = oneLine(o.Name)
			}
		}
	}
	s.line(accent, "* the agent's question%s was answered with %s (%s)", about, answer, r.answerer(p))
}

func because(reason *string) string {
	if reason == nil || *reason == "" {
		return ""
	}
	return " (" + oneLine(*reason) + ")"
}
