package shared

import (
	"maps"

	"parley/hub/rules"
	"parley/protocol"
)

// Inputs from clients.
type (
	// Create asks for a new shared session. The scope of the command id is the session
	// itself, whose id is derived from it.
	Create struct {
		Body      *protocol.CreateSharedSession
		Refusal   error                // why no session can be created; a session that exists is returned anyway
		CommandID string               // empty for none
		Workspace string               // that of the host session
		Agent     protocol.AgentStatus // that of the host session
		Facts     protocol.AgentFacts  // those of the host session
		Caller    rules.Caller
	}
	// Command is a command of a participant, or a join.
	Command struct {
		Sender      Sender
		Request     protocol.Request
		Attachments Attachments // those that the command names; one that is missing does not exist
		EventsOnly  bool        // a resume that receives events alone, after which a host who has left stays absent
		JoinAPI     JoinAPI     // of a join
		Polling     bool        // the participant polls for events, and so counts as present
	}
	// JoinAPI is the API that a join uses.
	JoinAPI int
	// Rejection is a request that could not be decoded. It is answered after the requests
	// before it.
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
	ReadOnly      bool // the command only reads, which is allowed to participants who have left as well
	Guarded       bool // whoever sends wrong credentials does not learn whether the session exists
	Caller        rules.Caller

	Connected bool     // the token was checked when the connection began
	Departed  Departed // participants that were looked up; see AbsentError
}

// PromptBytes returns the size in bytes of the prompt that the command adds, including its
// content; 0 for none.
func (c Command) PromptBytes() int {
	switch r := c.Request.Command.(type) {
	case *protocol.Prompt:
		content, err := c.content()
		if err != nil {
			return len(r.Prompt) // it is refused
		}
		return len(protocol.NameContent(r.Prompt, content)) + rules.ContentBytes(content)
	case *protocol.EditPrompt:
		return len(r.Prompt)
	case *protocol.Approve:
		return len(deref(r.Prompt))
	}
	return 0
}

// WithDeparted returns the sender with one more participant who was looked up; p is nil
// for an id without a participant.
func (c Sender) WithDeparted(id string, p *protocol.Participant) Sender {
	known := Departed{id: p}
	maps.Copy(known, c.Departed)
	c.Departed = known
	return c
}

// WithDeparted returns an input with a participant who was looked up; see [AbsentError].
// An input without a sender is returned unchanged.
func WithDeparted(body rules.Body, id string, p *protocol.Participant) rules.Body {
	switch b := body.(type) {
	case Command:
		b.Sender = b.Sender.WithDeparted(id, p)
		return b
	case Archive:
		b.Sender = b.Sender.WithDeparted(id, p)
		return b
	case AttachmentAccess:
		b.Sender = b.Sender.WithDeparted(id, p)
		return b
	case Read:
		b.Sender = new(b.Sender.WithDeparted(id, p))
		return b
	}
	return body
}

// The APIs that a join can use.
const (
	JoinTyped             JoinAPI = iota // by the typed protocol, whose clients keep their token
	JoinOriginal                         // by the original API
	JoinOriginalReturning                // by the original API; may return a present guest who joined by that API, without a token
)

// ReadKind is what a read of the original API asks for.
type ReadKind int

// Invitation asks for a description of the session that an invite is for.
type Invitation struct {
	Invite  string
	Guarded bool // as in Sender
}

// Archive asks for a page of the session's events, also after its end.
type Archive struct {
	Sender Sender
	Query  protocol.History
	Export bool // the page is one of an export, and Query has only After
}

// The kinds of reads.
const (
	ReadState ReadKind = iota
	ReadParticipants
	ReadMessages
	ReadFiles // the working directory and the marks of reviewed files
	ReadQueue // answered with a [protocol.WholeQueueAnswer]
)

// Effects of a shared session.
type (
	// Disconnect ends the connections of a participant, or all connections if Participant
	// is empty.
	Disconnect struct {
		Participant string
		Code        int
		Reason      string
	}
	// DisconnectPerson ends the connections of a participant, and the read-only ones of
	// earlier guests who are the same person.
	DisconnectPerson struct {
		Participant string
		Person      string // see [protocol.Participant.Person]
		Code        int
		Reason      string
	}
	// TypingChanged reports that a participant begins or stops to type.
	TypingChanged struct {
		Participant string
		Active      bool
	}
	// Polled reports that a participant has asked for events without a connection.
	Polled struct{ Participant string }
)

// IsBody implements [rules.Body].
func (Create) IsBody() {}

// IsBody implements [rules.Body].
func (Command) IsBody() {}

// IsBody implements [rules.Body].
func (Rejection) IsBody() {}

// IsBody implements [rules.Body].
func (Read) IsBody() {}

// IsBody implements [rules.Body].
func (Invitation) IsBody() {}

// IsBody implements [rules.Body].
func (Archive) IsBody() {}

// IsEffect implements [rules.Effect].
func (Disconnect) IsEffect() {}

// IsEffect implements [rules.Effect].
func (DisconnectPerson) IsEffect() {}

// IsEffect implements [rules.Effect].
func (TypingChanged) IsEffect() {}

// IsEffect implements [rules.Effect].
func (Polled) IsEffect() {}
