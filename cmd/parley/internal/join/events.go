package join

import (
	"cmp"

	"parley/protocol"
)

// event shows one event.
func (s *screen) event(r *room, e *protocol.Event) {
	switch p := e.Payload.(type) {
	case *protocol.MessageCreated:
		s.line(plain, "%s: %s", oneLine(p.Participant.Name(), 40), indented(p.Message.Text))
	case *protocol.PromptPendingApproval:
		s.proposal(r, oneLine(p.Participant.Name(), 40), p.Approval)
	case *protocol.PromptApproved:
		s.approved(p)
	case *protocol.PromptRejected:
		s.line(accent, "* %s rejected: %s%s", oneLine(p.Participant.Name(), 40), oneLine(p.Approval.Prompt, 100), because(p.Approval.Reason))
	case *protocol.PromptQueued:
		s.line(dim, "* it waits for %d other turn(s)", p.Ahead)
	case *protocol.PromptCancelled:
		s.line(accent, "* %s cancelled it", oneLine(p.Participant.Name(), 40))
	case *protocol.PromptDispatchStarted:
		s.line(dim, "* the agent begins")
	case *protocol.PromptDispatchCompleted:
		s.line(dim, "* the agent is done (%s)", oneLine(cmp.Or(p.StopReason, "no reason given"), 40))
	case *protocol.PromptDispatchFailed:
		s.line(bad, "* the turn failed: %s", oneLine(p.Error, 300))
	case *protocol.HostSessionUpdate:
		s.update(p.Notification)
	case *protocol.PermissionRequested:
		s.question(questionOf(p.Permission))
	default:
		s.people(e)
	}
}

// people shows what concerns the session and who is in it.
func (s *screen) people(e *protocol.Event) {
	switch p := e.Payload.(type) {
	case *protocol.ParticipantJoined:
		s.line(accent, "* %s is here (%s)", oneLine(p.Participant.Name(), 40), oneLine(string(p.Participant.Role), 20))
	case *protocol.ParticipantLeft:
		how := "left"
		if p.RemovedBy != nil {
			how = "was removed"
		}
		s.line(accent, "* %s %s%s", oneLine(p.Participant.Name(), 40), how, because(p.Reason))
	case *protocol.ParticipantUpdated:
		s.line(accent, "* %s is now %s", oneLine(p.Participant.Name(), 40), oneLine(string(p.Participant.Role), 20))
	case *protocol.SharedSessionCreated:
		s.line(dim, "* the session was created")
	case *protocol.SessionUpdated:
		s.line(accent, "* %s set the mode to %s", oneLine(p.Participant.Name(), 40), oneLine(string(p.Session.Mode), 30))
	case *protocol.SessionClosed:
		s.line(accent, "* the session is %s", oneLine(string(p.Status), 20))
	case *protocol.InviteRotated:
		s.line(accent, "* %s made a new invite; the old link lets nobody in any more", oneLine(p.Participant.Name(), 40))
	case *protocol.PermissionResolved:
		s.resolved(p)
	case *protocol.PermissionWithdrawn:
		s.line(dim, "* the agent's question needs no answer any more")
	case *protocol.AgentUpdated:
		s.facts(p.AgentFacts)
	case *protocol.AgentStatusChanged:
		s.line(dim, "* the agent is %s", oneLine(string(p.Status), 20))
	default:
		s.line(dim, "* %s", oneLine(string(e.Type), 60))
	}
}

func (s *screen) approved(p *protocol.PromptApproved) {
	edited := ""
	if p.Approval.OriginalPrompt != nil {
		edited = ", edited"
	}
	s.line(accent, "* %s approved%s: %s", oneLine(p.Participant.Name(), 40), edited, indented(p.Approval.Prompt))
}

func (s *screen) resolved(p *protocol.PermissionResolved) {
	by := oneLine(string(p.Source), 20)
	if p.Participant != nil {
		by = oneLine(p.Participant.Name(), 40)
	}
	answer := oneLine(string(p.Outcome), 20)
	if p.OptionID != nil {
		answer = oneLine(*p.OptionID, 60)
	}
	s.line(accent, "* the agent's question was answered with %s (%s)", answer, by)
}

func because(reason *string) string {
	if reason == nil {
		return ""
	}
	return " (" + oneLine(*reason, 200) + ")"
}
