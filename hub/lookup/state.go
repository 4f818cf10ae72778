package lookup

import (
	"parley/hub/journal"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// SessionState is what the original API shows of a session.
type SessionState struct {
	Session      protocol.Session
	Cursor       string
	Participants Participants
	Approvals    Approvals
}

// stateOf returns what the original API shows of a session.
func stateOf(s *shared.State, at journal.Head) SessionState {
	return SessionState{
		Session:      s.Session,
		Cursor:       protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Participants: participantsOf(s, at),
		Approvals:    approvalsOf(s, at),
	}
}

// Answer returns what a read of the original API asks for: all participants or
// messages up to the newest event, or the session's state.
func Answer(s *shared.State, what shared.ReadKind, at journal.Head) any {
	switch what {
	case shared.ReadParticipants:
		return participantsOf(s, at)
	case shared.ReadMessages:
		return Messages{at.Seq}
	}
	return stateOf(s, at)
}
