package join

import (
	"cmp"
	"fmt"
	"strings"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
	"parley/protocol/view"
)

// event prints an event.
func (s *screen) event(r *room, e *protocol.Event) {
	if e.Type == protocol.TypeHidden {
		return // it stands for events that are not for this participant
	}
	defer s.noteRedaction(e.Redaction)
	changes := s.story.Timeline.Apply(e)
	switch p := e.Payload.(type) {
	case *protocol.MessageCreated:
		s.line(plain, "%s: %s%s", r.displayName(p.Participant), display.Indent(p.Message.Text), display.HiddenWarning(p.Participant.Name(), p.Message.Text)+contentText(p.Message.Content))
	case *protocol.PromptPendingApproval:
		s.proposed(r, p)
	case *protocol.PromptApproved:
		s.approved(r, p)
	case *protocol.PromptRejected:
		s.rejected(r, p)
	case *protocol.QueueChanged:
		s.queueChanged(r, p)
	case *protocol.PromptQueued:
		s.line(dim, "* the prompt is queued behind %s", otherTurns(p.Ahead))
	case *protocol.PromptCancelled:
		s.line(accent, "* %s cancelled%s", r.displayName(p.Participant), cmp.Or(r.suffix(p.ApprovalID), " a prompt"))
	case *protocol.PromptDispatchStarted:
		s.line(dim, "* the agent starts%s", cmp.Or(r.suffix(p.ApprovalID), " a turn"))
	case *protocol.PromptDispatchCompleted:
		s.line(dim, "* the agent finished%s (%s)%s", cmp.Or(r.suffix(p.ApprovalID), " the turn"), display.OneLine(cmp.Or(p.StopReason, "no reason given")), usageText(changes))
	case *protocol.PromptDispatchFailed:
		s.failed(r, p)
	case *protocol.HostSessionUpdate:
		for _, c := range changes {
			s.change(c)
		}
	case *protocol.PermissionRequested:
		s.asked(r, p)
		s.outputOfAsked(changes)
	case *protocol.PermissionResolved:
		s.resolved(r, p)
	case *protocol.PermissionWithdrawn:
		s.line(dim, "* the agent's question%s no longer needs an answer", r.suffix(p.RequestID))
	default:
		if !s.agentEvent(e, changes) && !s.optionEvent(r, e) && !s.requestEvent(r, e.Payload) && !s.restartEvent(r, e) && !s.signInEvent(r, e) && !s.workEvent(r, e, changes) {
			s.sessionEvent(r, e)
		}
	}
}

// noteRedaction says, behind what is being printed, that a secret in it is masked.
func (s *screen) noteRedaction(r protocol.Redaction) {
	switch r {
	case protocol.RedactionMasked:
		s.note = "· a secret is masked above: [redacted]"
	case protocol.RedactionOriginal:
		s.note = "· there is a secret above; others see [redacted] in its place"
	}
	if s.streaming == "" {
		s.endStream()
	}
}

// agentEvent prints an event about the agent. It returns false for any other event.
func (s *screen) agentEvent(e *protocol.Event, changes []view.Change) bool {
	switch p := e.Payload.(type) {
	case *protocol.AgentUpdated:
		s.agentChanges(p.AgentFacts, changes)
	case *protocol.AgentStatusChanged:
		s.status(e.Timestamp, p)
	case *protocol.AgentSession:
		s.resumed(p)
	case *protocol.AgentStrayOutput:
		s.line(dim, "* the agent also writes other output, which only the server's log contains")
	case *protocol.AgentSlowed:
		s.line(dim, "* the agent writes more than the server allows, so it is slowed down; nothing is lost")
	default:
		return false
	}
	return true
}

// sessionEvent prints an event about the session or its participants.
func (s *screen) sessionEvent(r *room, e *protocol.Event) {
	switch p := e.Payload.(type) {
	case *protocol.ParticipantJoined:
		s.line(accent, "* %s joined (%s)", r.displayName(p.Participant), display.OneLine(string(p.Participant.Role)))
	case *protocol.ParticipantLeft:
		how := "left"
		if p.RemovedBy != nil {
			how = "was removed"
		}
		s.line(accent, "* %s %s%s", r.displayName(p.Participant), how, display.Because(p.Reason))
	case *protocol.ParticipantUpdated:
		s.line(accent, "* %s is now %s", r.displayName(p.Participant), display.OneLine(string(p.Participant.Role)))
	case *protocol.SharedSessionCreated:
		s.line(dim, "* the session was created")
	case *protocol.SessionUpdated:
		s.line(accent, "* %s set the mode to %s", r.displayName(p.Participant), display.OneLine(string(p.Session.Mode)))
	case *protocol.SessionClosed:
		s.line(accent, "* the session is %s", display.OneLine(string(p.Status)))
	case *protocol.FileReviewed:
		what := "marked %s as reviewed"
		if !p.Reviewed {
			what = "removed the mark of %s"
		}
		s.line(dim, "* %s "+what, r.displayName(p.Participant), display.OneLine(p.Path))
	case *protocol.InviteRotated:
		s.line(accent, "* %s created a new invite link; the old one no longer works", r.displayName(p.Participant))
	default:
		s.line(dim, "* %s", display.OneLine(string(e.Type)))
	}
}

// suffix returns the label of an item after a space, or an empty string if the item is not
// known.
func (r *room) suffix(id string) string {
	if i := r.ledger.Find(id); i != nil {
		return " " + i.Label()
	}
	return ""
}

// proposed prints a proposal, which may be closed.
func (s *screen) proposed(r *room, p *protocol.PromptPendingApproval) {
	if i := r.openItem(ledger.KindProposal, p.Approval.ID); i != nil {
		i.Author = r.displayName(p.Participant)
		s.proposal(r, i)
		return
	}
	s.line(alert, "? %s proposed%s%s: %s", r.displayName(p.Participant), r.suffix(p.Approval.ID), r.circumstances(p.Approval), promptText(p.Approval.Prompt))
}

// asked prints a question of the agent, which may be closed.
func (s *screen) asked(r *room, p *protocol.PermissionRequested) {
	if i := r.openItem(ledger.KindQuestion, p.RequestID); i != nil {
		s.question(i)
		return
	}
	q, _ := ledger.NewQuestion(p.Permission)
	s.line(alert, "? the agent asked%s to: %s%s", r.suffix(p.RequestID), display.Indent(q.Call.Heading()), q.Body())
}

// outputOfAsked prints the output that a question has brought of its tool call.
func (s *screen) outputOfAsked(changes []view.Change) {
	for _, c := range changes {
		if now, ok := c.Now.(*view.ToolRow); ok {
			before, known := c.Before.(*view.ToolRow)
			if !known {
				before = &view.ToolRow{}
			}
			s.terminalOutput(now, before, s.story.Call(now.ID, now.Key))
			s.terminalExits(now, before)
		}
	}
}

func (s *screen) approved(r *room, p *protocol.PromptApproved) {
	edited := ""
	if p.Approval.OriginalPrompt != nil {
		edited = ", edited"
	}
	s.line(accent, "* %s approved%s%s%s: %s", r.displayName(p.Participant), r.suffix(p.Approval.ID), edited, r.circumstances(p.Approval), promptText(p.Approval.Prompt))
}

// resolved prints the answer to a question, with the name of the option if it is known.
func (s *screen) resolved(r *room, p *protocol.PermissionResolved) {
	answer := display.OneLine(string(p.Outcome))
	if p.OptionID != nil {
		answer = display.OneLine(*p.OptionID)
	}
	about := ""
	if i := r.ledger.Find(p.RequestID); i != nil && i.Kind == ledger.KindQuestion {
		about = " " + i.String()
		for _, o := range i.Question.Options {
			if p.OptionID != nil && o.ID == *p.OptionID && o.Name != "" {
				answer = display.OneLine(o.Name)
			}
		}
	}
	s.line(accent, "* the agent's question%s was answered with %s (%s)", about, answer, r.answererName(p))
}

// failed prints that a prompt's turn failed, was cancelled or never began.
func (s *screen) failed(r *room, p *protocol.PromptDispatchFailed) {
	if p.Error == "cancelled" {
		s.line(dim, "* %s has ended: cancelled", cmp.Or(strings.TrimSpace(r.suffix(p.ApprovalID)), "the turn"))
		return
	}
	s.line(bad, "* the turn failed: %s", display.Indent(p.Error))
	if p.Code == protocol.CodeAgentAuthRequired {
		s.needsSignIn()
	}
}

// usageText says how much of the context a turn that has ended has left in use, and the
// cost so far.
func usageText(changes []view.Change) (text string) {
	for _, c := range changes {
		end, ok := c.Now.(*view.TurnEndRow)
		if !ok || end.Usage == nil {
			continue
		}
		if end.Usage.Size > 0 {
			text += fmt.Sprintf("; %.0f %% of the context used", 100*end.Usage.Used/end.Usage.Size)
		}
		if cost := end.Usage.Cost; cost != nil && cost.Amount != 0 {
			text += fmt.Sprintf("; %s so far", display.OneLine(costText(cost.Amount, cost.Currency)))
		}
	}
	return text
}

// costText returns an amount with its currency: an amount below one has up to four
// decimals.
func costText(amount float64, currency string) string {
	text := fmt.Sprintf("%.2f", amount)
	if amount < 1 {
		text = fmt.Sprintf("%.4f", amount)
		text = strings.TrimSuffix(strings.TrimSuffix(text, "0"), "0")
	}
	return text + " " + currency
}
