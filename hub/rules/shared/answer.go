package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Answers that the runtime completes, since they depend on connections or on the journal.
// [EndedPrompt] is an answer of this kind, too.
type (
	// WelcomeFor is the welcome of a participant.
	WelcomeFor struct {
		Participant string
		Token       bool // include the access token
		Recent      int  // how many recent events to include, at most
		readOnly    bool
		departed    *protocol.Participant // the participant if it has left; nil for one in People
	}
	// HistoryRange is a range of events.
	HistoryRange struct {
		protocol.History
		Separate bool // pieces of texts are not joined
		For      rules.Projection
	}
	// ReadFor is the answer to a [Read] of a kind.
	ReadFor struct {
		Kind ReadKind
		For  rules.Projection
	}
	// PeopleRange is a page of participants.
	PeopleRange struct{ protocol.People }
	// PresenceList is the list of participants who have a connection.
	PresenceList struct{}
	// ArchivePage is a range of events together with their session.
	ArchivePage struct {
		protocol.History
		Export bool
		For    rules.Projection
	}
	// Pong is the answer to a ping.
	Pong struct{}
)

// ProjectionOf returns what a participant sees of the session.
func (s *State) ProjectionOf(p protocol.Participant) rules.Projection {
	return rules.Projection{Participant: p.ID, Role: p.Role, Whole: rules.DecidesOnPrompts(p.Role)}
}

// Answerer implements [rules.State]. The answers to a command and to its repetitions are
// computed alike.
func (s *State) Answerer() func(protocol.Command, rules.Event) any {
	session, set := s.Session, s.settings
	return func(c protocol.Command, e rules.Event) any { return answerTo(c, e, session, set) }
}

// answerTo computes the answer to a command from its primary event.
func answerTo(c protocol.Command, e rules.Event, session protocol.Session, set *rules.Settings) any {
	switch p := e.Public.(type) {
	case *protocol.MessageCreated:
		return &protocol.MessageAnswer{Message: p.Message}
	case *protocol.PromptPendingApproval:
		return &protocol.PromptAnswer{Status: p.Approval.Status, Approval: p.Approval}
	case *protocol.PromptApproved:
		if t := c.CommandType(); t == protocol.CommandPrompt || t == protocol.CommandEditPrompt {
			return &protocol.PromptAnswer{Status: p.Approval.Status, Approval: p.Approval}
		}
		return &protocol.ApprovalAnswer{Approval: p.Approval}
	case *protocol.PromptRejected:
		if c.CommandType() == protocol.CommandWithdraw {
			return &protocol.CancelAnswer{ApprovalID: p.Approval.ID}
		}
		return &protocol.ApprovalAnswer{Approval: p.Approval}
	case *protocol.PromptCancelled:
		return &protocol.CancelAnswer{ApprovalID: p.ApprovalID}
	case *protocol.AgentTurnCancelled:
		return &protocol.CancelAnswer{}
	case *protocol.PromptDispatchFailed: // of a prompt that was withdrawn
		return &protocol.CancelAnswer{ApprovalID: p.ApprovalID}
	case *protocol.QueueChanged:
		return &protocol.QueueAnswer{Queue: p.Queue}
	case *protocol.PermissionResolved:
		return &protocol.PermissionAnswer{RequestID: p.RequestID, OptionID: deref(p.OptionID)}
	case *protocol.ElicitationResolved:
		answer := answerOf(p, e)
		if c.CommandType() == protocol.CommandItem {
			return &protocol.ItemAnswer{Answer: answer}
		}
		return answer
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
		return &protocol.InviteAnswer{InviteToken: set.Key.Token(rules.InviteToken, session.ID, e.Private.Invite)}
	}
	return struct{}{}
}

// removeAnswer returns the answer to a removal, with the new invite if the removal
// replaced it.
func removeAnswer(p *protocol.ParticipantLeft, e rules.Event, session protocol.Session, set *rules.Settings) *protocol.RemoveAnswer {
	a := &protocol.RemoveAnswer{Participant: p.Participant}
	if e.Private.Invite > 0 {
		invite := set.Key.Token(rules.InviteToken, session.ID, e.Private.Invite)
		a.InviteToken = &invite
	}
	return a
}
