package hub

import (
	"maps"
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
		who     sender
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
		who  *sender // nil: not asked for
		what readKind
	}
)

// sender is the participant who sends a command, as far as it says.
type sender struct {
	ParticipantID string
	Token         string
	ReadOnly      bool // the command only reads, which a participant who has left may do too

	connected bool     // the token was checked when the connection began
	departed  departed // the participants who were looked up in the journal
}

// with returns the sender with one more participant looked up.
func (c sender) with(id string, p *protocol.Participant) sender {
	known := departed{id: p}
	maps.Copy(known, c.departed)
	c.departed = known
	return c
}

// withDeparted returns the input body with a participant whom the state does not
// hold; see absentError.
func withDeparted(body any, id string, p *protocol.Participant) any {
	switch b := body.(type) {
	case command:
		b.who = b.who.with(id, p)
		return b
	case archive:
		b.who = b.who.with(id, p)
		return b
	case read:
		b.who = new(b.who.with(id, p))
		return b
	}
	return body
}

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
	who   sender
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
