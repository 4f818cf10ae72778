package hub

import (
	"maps"
	"parley/protocol"
)

// Inputs from clients.
type (
	createShared struct {
		body      *protocol.CreateSharedSession
		commandID string
		workspace string // that of the host session
		agent     protocol.AgentStatus
		facts     protocol.AgentFacts // what the host session knows about its agent
	}
	// command is a command of a participant, or a join.
	command struct {
		who     sender
		request protocol.Request
		stream  bool    // a resume for events alone, which does not bring the host back
		way     joinWay // of a join
		polls   bool    // the participant polls for events, and counts as present
	}
	// joinWay is the API that a join uses.
	joinWay int
	// rejection is a request that could not be decoded, to be answered after earlier
	// requests.
	rejection struct{ err error }
	// read is a read of the original API.
	read struct {
		who  *sender // nil if the caller need not be a participant
		what readKind
	}
)

// sender identifies the participant who sends a command.
type sender struct {
	ParticipantID string
	Token         string
	ReadOnly      bool // the command only reads, which participants who have left may do too

	connected bool     // the token was checked when the connection began
	departed  departed // participants that were looked up in the journal
}

// promptBytes returns the size in bytes of the prompt that the command adds; 0 for
// none.
func (c command) promptBytes() int {
	switch c := c.request.Command.(type) {
	case *protocol.Prompt:
		return len(c.Prompt)
	case *protocol.Approve:
		return len(deref(c.Prompt))
	}
	return 0
}

// with returns the sender with one more participant that was looked up; nil for an id
// without a participant.
func (c sender) with(id string, p *protocol.Participant) sender {
	known := departed{id: p}
	maps.Copy(known, c.departed)
	c.departed = known
	return c
}

// withDeparted returns an input with a participant whom the state does not hold; see
// [absentError].
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
	joinAgain                   // by the original API, and it may return a guest who joined by it before
)

type readKind int

// invitation asks what an invite is for.
type invitation struct{ invite string }

// archive asks for a page of the session's events, also after its end.
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
	// cut ends connections: those of a participant, or all of them.
	cut struct {
		participant string
		code        int
		reason      string
	}
	// cutUser ends the connections of a participant, and those of guests with the same
	// user id who only read.
	cutUser struct {
		participant string
		user        string
		code        int
		reason      string
	}
	// typingNow reports that a participant types, or no longer does.
	typingNow struct {
		participant string
		active      bool
	}
	// polled reports that a participant has asked for events without a connection.
	polled struct{ participant string }
)
