package shared

import (
	"maps"
	"parley/hub/rules"
	"parley/protocol"
)

// Inputs from clients.
type (
	Create struct {
		Body      *protocol.CreateSharedSession
		CommandID string
		Workspace string // that of the host session
		Agent     protocol.AgentStatus
		Facts     protocol.AgentFacts // what the host session knows about its agent
	}
	// Command is a command of a participant, or a join.
	Command struct {
		Sender     Sender
		Request    protocol.Request
		EventsOnly bool    // a resume for events alone, which does not bring the host back
		JoinAPI    JoinAPI // of a join
		Polling    bool    // the participant polls for events, and counts as present
	}
	// JoinAPI is the API that a join uses.
	JoinAPI int
	// Rejection is a request that could not be decoded, to be answered after earlier
	// requests.
	Rejection struct{ Err error }
	// Read is a read of the original API.
	Read struct {
		Sender *Sender // nil if the caller need not be a participant
		Kind   ReadKind
	}
)

// Sender identifies the participant who sends a command.
type Sender struct {
	ParticipantID string
	Token         string
	ReadOnly      bool // the command only reads, which participants who have left may do too

	Connected bool     // the token was checked when the connection began
	Departed  Departed // participants that were looked up in the journal
}

// PromptBytes returns the size in bytes of the prompt that the command adds; 0 for
// none.
func (c Command) PromptBytes() int {
	switch c := c.Request.Command.(type) {
	case *protocol.Prompt:
		return len(c.Prompt)
	case *protocol.Approve:
		return len(deref(c.Prompt))
	}
	return 0
}

// WithDeparted returns the sender with one more participant that was looked up; nil for an id
// without a participant.
func (c Sender) WithDeparted(id string, p *protocol.Participant) Sender {
	known := Departed{id: p}
	maps.Copy(known, c.Departed)
	c.Departed = known
	return c
}

// WithDeparted returns an input with a participant whom the state does not hold; see
// [AbsentError].
func WithDeparted(body rules.Body, id string, p *protocol.Participant) rules.Body {
	switch b := body.(type) {
	case Command:
		b.Sender = b.Sender.WithDeparted(id, p)
		return b
	case Archive:
		b.Sender = b.Sender.WithDeparted(id, p)
		return b
	case Read:
		b.Sender = new(b.Sender.WithDeparted(id, p))
		return b
	}
	return body
}

// The ways to join.
const (
	JoinTyped             JoinAPI = iota // by the typed protocol, whose clients keep their token
	JoinOriginal                         // by the original API
	JoinOriginalReturning                // by the original API, and it may return a guest who joined by it before
)

type ReadKind int

// Invitation asks what an invite is for.
type Invitation struct{ Invite string }

// Archive asks for a page of the session's events, also after its end.
type Archive struct {
	Sender Sender
	Query  protocol.History
}

const (
	ReadState ReadKind = iota
	ReadParticipants
	ReadMessages
)

// Effects of a shared session.
type (
	// Disconnect ends connections: those of a participant, or all of them.
	Disconnect struct {
		Participant string
		Code        int
		Reason      string
	}
	// DisconnectUser ends the connections of a participant, and those of guests with the same
	// user id who only read.
	DisconnectUser struct {
		Participant string
		User        string
		Code        int
		Reason      string
	}
	// TypingChanged reports that a participant types, or no longer does.
	TypingChanged struct {
		Participant string
		Active      bool
	}
	// Polled reports that a participant has asked for events without a connection.
	Polled struct{ Participant string }
)

func (Create) IsBody()     {}
func (Command) IsBody()    {}
func (Rejection) IsBody()  {}
func (Read) IsBody()       {}
func (Invitation) IsBody() {}
func (Archive) IsBody()    {}

func (Disconnect) IsEffect()     {}
func (DisconnectUser) IsEffect() {}
func (TypingChanged) IsEffect()  {}
func (Polled) IsEffect()         {}
