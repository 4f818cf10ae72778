package lookup

import (
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// SessionState is the state of a session in the form of the original API.
type SessionState struct {
	Session      protocol.Session
	Cursor       string
	Participants Participants
	Approvals    Approvals
}

// stateOf returns the state of a session up to its newest event.
func stateOf(s *shared.State, reader rules.Projection, at journal.Head) SessionState {
	return SessionState{
		Session:      s.Session,
		Cursor:       protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Participants: participantsOf(s, at),
		Approvals:    approvalsOf(s, reader, at),
	}
}

// Files is what a session knows of the files of its agent.
type Files struct {
	Dir       string // the working directory; empty if it is not known
	Connector string // the host session whose connector has the directory; empty if it is on the server's machine
	Marks     []protocol.ReviewMark
	For       rules.Projection
}

// Answer returns the answer to a read of the state: [Participants], [Messages], [Files] or
// a [SessionState], up to the newest event of the state.
func Answer(s *shared.State, read shared.ReadFor, at journal.Head) any {
	switch read.Kind {
	case shared.ReadParticipants:
		return participantsOf(s, at)
	case shared.ReadMessages:
		return Messages{at.Seq, read.For}
	case shared.ReadFiles:
		dir, connector := s.WorkingDir()
		return Files{dir, connector, s.ReviewMarks(), read.For}
	}
	return stateOf(s, read.For, at)
}
