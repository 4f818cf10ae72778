package hub

import (
	"parley/hub/journal"
	"parley/protocol"
)

// sessionState is what the original API shows of a session.
type sessionState struct {
	session      protocol.Session
	cursor       string
	participants participants
	approvals    approvals
}

// stateOf returns what the original API shows of a session.
func stateOf(s *sharedState, at journal.Head) sessionState {
	return sessionState{
		session:      s.Session,
		cursor:       protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		participants: participantsOf(s, at),
		approvals:    approvalsOf(s, at),
	}
}

// requested returns what a read of the original API asks for: all participants or
// messages up to the newest event, or the session's state.
func requested(s *sharedState, what readKind, at journal.Head) any {
	switch what {
	case readParticipants:
		return participantsOf(s, at)
	case readMessages:
		return messages{at.Seq}
	}
	return stateOf(s, at)
}
