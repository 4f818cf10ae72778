package hub

import "parley/protocol"

// Answers that the runtime completes, since they depend on connections or on the
// journal.
type (
	// welcomeFor is the welcome of a participant.
	welcomeFor struct {
		participant string
		token       bool // include the access token
		recent      int  // how many recent events to include
		readOnly    bool
		departed    *protocol.Participant // the participant if it has left; nil for one in People
	}
	// historyRange is a range of events.
	historyRange struct{ protocol.History }
	// peopleRange is a page of participants.
	peopleRange struct{ protocol.People }
	// presenceList is the list of participants who have a connection.
	presenceList struct{}
	// archivePage is a range of events together with their session.
	archivePage struct{ protocol.History }
	// pong is the answer to a ping.
	pong struct{}
)

// answerer implements [state]. The first answer to a command and every repetition
// are computed alike.
func (s *sharedState) answerer() func(protocol.Command, event) any {
	session, set := s.Session, s.settings
	return func(c protocol.Command, e event) any { return answerTo(c, e, session, set) }
}

func answerTo(c protocol.Command, e event, session protocol.Session, set *settings) any {
	switch p := e.public.(type) {
	case *protocol.MessageCreated:
		return &protocol.MessageAnswer{Message: p.Message}
	case *protocol.PromptPendingApproval:
		return &protocol.PromptAnswer{Status: p.Approval.Status, Approval: p.Approval}
	case *protocol.PromptApproved:
		if c.CommandType() == protocol.CommandPrompt {
			return &protocol.PromptAnswer{Status: p.Approval.Status, Approval: p.Approval}
		}
		return &protocol.ApprovalAnswer{Approval: p.Approval}
	case *protocol.PromptRejected:
		return &protocol.ApprovalAnswer{Approval: p.Approval}
	case *protocol.PromptCancelled:
		return &protocol.CancelAnswer{ApprovalID: p.ApprovalID}
	case *protocol.PermissionResolved:
		return &protocol.PermissionAnswer{RequestID: p.RequestID, OptionID: deref(p.OptionID)}
	case *protocol.SessionUpdated:
		return &protocol.SessionAnswer{Session: p.Session}
	case *protocol.SessionClosed:
		return &protocol.CloseAnswer{Closed: true, Session: session}
	case *protocol.ParticipantUpdated:
		return &protocol.ParticipantAnswer{Participant: p.Participant}
	case *protocol.ParticipantLeft:
		if c.CommandType() == protocol.CommandRemove {
			return removeAnswer(p, e, session, set)
		}
		return &protocol.ParticipantAnswer{Participant: p.Participant}
	case *protocol.InviteRotated:
		return &protocol.InviteAnswer{InviteToken: set.Key.token(inviteToken, session.ID, e.private.Invite)}
	}
	return struct{}{}
}

// removeAnswer includes the new invite, if the removal replaced the invite.
func removeAnswer(p *protocol.ParticipantLeft, e event, session protocol.Session, set *settings) *protocol.RemoveAnswer {
	a := &protocol.RemoveAnswer{Participant: p.Participant}
	if e.private.Invite > 0 {
		invite := set.Key.token(inviteToken, session.ID, e.private.Invite)
		a.InviteToken = &invite
	}
	return a
}
