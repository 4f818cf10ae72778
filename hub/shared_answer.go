package hub

import "parley/protocol"

// Answers that the actor completes: they need who is connected, or the
// journal.
type (
	// welcomeFor asks for the snapshot that a participant begins with.
	welcomeFor struct {
		participant string
		token       bool // with the access token
		recent      int  // events
		readOnly    bool
		departed    *protocol.Participant // the participant, who has left; nil for one in People
	}
	// historyRange asks for events of the journal.
	historyRange struct{ protocol.History }
	// peopleRange asks for a page of participants.
	peopleRange struct{ protocol.People }
	// presenceList asks for those who have a connection.
	presenceList struct{}
	// archivePage asks for events with the session that they are of.
	archivePage struct{ protocol.History }
	// pong answers a ping.
	pong struct{}
)

// answerer computes what a command is answered with from the event that it is
// about, the first time and every time that it is sent again.
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

// removeAnswer has the new invite, where the removal replaced it.
func removeAnswer(p *protocol.ParticipantLeft, e event, session protocol.Session, set *settings) *protocol.RemoveAnswer {
	a := &protocol.RemoveAnswer{Participant: p.Participant}
	if e.private.Invite > 0 {
		invite := set.Key.token(inviteToken, session.ID, e.private.Invite)
		a.InviteToken = &invite
	}
	return a
}
