package join

import (
	"time"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

// addItems adds the item that an event opens, before the event is shown.
func (r *room) addItems(p protocol.Payload, past *story.Story) {
	switch p := p.(type) {
	case *protocol.PromptPendingApproval:
		r.putPrompt(p.Approval, r.displayName(p.Participant))
	case *protocol.PermissionRequested:
		r.putQuestion(p.Permission, past)
	case *protocol.ElicitationRequested:
		if p.AcceptedBy == nil {
			r.putRequest(p.Elicitation)
		}
	}
}

// apply applies an event, after it has been shown.
func (r *room) apply(p protocol.Payload, now time.Time) {
	switch p := p.(type) {
	case *protocol.SessionUpdated:
		r.mode = p.Session.Mode
	case *protocol.MessageCreated:
		r.know(p.Message.Content)
	case *protocol.ParticipantJoined:
		r.putParticipant(p.Participant)
	case *protocol.ParticipantUpdated:
		r.putParticipant(p.Participant)
	case *protocol.ParticipantLeft:
		r.removeParticipant(p.Participant.ID)
	case *protocol.PermissionResolved, *protocol.PermissionWithdrawn, *protocol.ElicitationResolved, *protocol.ElicitationWithdrawn:
		r.applyAnswer(p, now)
	default:
		r.applyTurn(p, now)
	}
	r.applyAgent(p)
	r.queue = protocol.FollowQueue(r.queue, p)
	r.markShown(now)
}

// applyTurn applies an event about a prompt.
func (r *room) applyTurn(p protocol.Payload, now time.Time) {
	switch p := p.(type) {
	case *protocol.PromptApproved:
		own := p.Participant.ID == r.self.ID
		if i := r.ledger.Find(p.Approval.ID); i != nil && i.Kind == ledger.KindProposal {
			r.ledger.StopWaiting(i, own, now)
		}
		r.putPrompt(p.Approval, r.nameByID(p.Approval.ParticipantID))
	case *protocol.PromptRejected:
		r.ledger.End(r.ledger.Find(p.Approval.ID), rejectedHow(p)+" by "+r.displayName(p.Participant), p.Participant.ID == r.self.ID, now)
	case *protocol.PromptDispatchCompleted:
		r.ledger.End(r.ledger.Find(p.ApprovalID), "the turn has ended", false, now)
	case *protocol.PromptDispatchFailed:
		r.ledger.End(r.ledger.Find(p.ApprovalID), display.Short(p.Error, 100), false, now)
	}
}

// applyAnswer applies an event that closes a question or a request for input.
func (r *room) applyAnswer(p protocol.Payload, now time.Time) {
	switch p := p.(type) {
	case *protocol.PermissionResolved:
		own := p.Participant != nil && p.Participant.ID == r.self.ID
		r.ledger.End(r.ledger.Find(p.RequestID), "answered by "+r.answererName(p), own, now)
	case *protocol.ElicitationResolved:
		own := p.Participant != nil && p.Participant.ID == r.self.ID
		r.ledger.End(r.ledger.Find(p.RequestID), "answered by "+r.requestAnswerer(p), own, now)
	case *protocol.PermissionWithdrawn:
		r.ledger.End(r.ledger.Find(p.RequestID), "it no longer needs an answer", false, now)
	case *protocol.ElicitationWithdrawn:
		r.ledger.End(r.ledger.Find(p.RequestID), "it no longer needs an answer", false, now)
	}
}

// answererName names the participant or the rule that answered a question.
func (r *room) answererName(p *protocol.PermissionResolved) string {
	if p.Participant != nil {
		return r.displayName(*p.Participant)
	}
	return display.OneLine(string(p.Source))
}
