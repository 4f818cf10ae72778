package hub

import (
	"parley/protocol"
)

// Inputs of a shared session.
type (
	createShared struct {
		body      *protocol.CreateSharedSession
		commandID string
		workspace string // the host session's
		agent     protocol.AgentStatus
		facts     protocol.AgentFacts // what the host session knows of its agent
	}
	// command is a command of a participant, or a join.
	command struct {
		who     Credentials
		request protocol.Request
		stream  bool    // a resume that is for events alone: it does not bring the host back
		way     joinWay // of a join
		polls   bool    // the participant asks for events again and again, and so is present
	}
	// joinWay is how a join came in.
	joinWay int
	// rejection is a request that the edge could not take, to be answered in
	// its turn.
	rejection struct{ err error }
	// read asks for what the original API shows to anybody, or to a participant.
	read struct {
		who  *Credentials // nil: not asked for
		what readKind
	}
)

// The ways to join.
const (
	joinTyped    joinWay = iota // by the typed protocol, whose clients keep their token
	joinOriginal                // by the original API
	joinAgain                   // by the original API, where it may return a guest who came by it; see Hub.JoinOriginal
)

type readKind int

// invitation asks what an invite is for.
type invitation struct{ invite string }

// archive asks for a page of what has happened, whether or not the session is
// active.
type archive struct {
	who   Credentials
	which protocol.History
}

const (
	readState readKind = iota
	readParticipants
	readMessages
)

// Effects of a shared session.
type (
	// cut ends connections: those of a participant, or all when it is empty.
	cut struct {
		participant string
		code        int
		reason      string
	}
	// cutUser ends all connections of a participant, and of other guests with the
	// same user id, who only read.
	cutUser struct {
		participant string
		user        string
		code        int
		reason      string
	}
	// typingNow passes on that somebody types.
	typingNow struct {
		participant string
		active      bool
	}
	// polled notes that a participant has asked for events without a connection.
	polled struct{ participant string }
)
