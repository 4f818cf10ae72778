package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Types of server messages other than events.
const (
	TypeWelcome  = "welcome"
	TypeOK       = "ok"
	TypeError    = "error"
	TypePresence = "presence"
	TypeTyping   = "typing"
	TypePong     = "pong"

	// TypeHidden is the type of a line that stands for events that are not for the client;
	// see [HiddenMessage]. An [Event] of this type, in a history, has no payload.
	TypeHidden = "hidden"

	// TypeConnected is the type of the first line of an SSE stream.
	TypeConnected = "connected"
)

// ServerMessage is one decoded line of the server: a [*WelcomeMessage], [*OKMessage],
// [*ErrorMessage], [*Event], [*HiddenMessage], [*PresenceMessage], [*TypingMessage], [*PongMessage],
// [*Connected] or [*UnknownMessage]. Server to client.
type ServerMessage interface{ serverMessage() }

type (
	// WelcomeMessage answers [Join] and [Resume]. Server to client.
	WelcomeMessage struct {
		ID      string  `json:"id"`
		Payload Welcome `json:"payload"`
	}
	// OKMessage confirms that a command took effect and is durable. Server to client.
	OKMessage struct {
		ID        string          `json:"id"`
		Payload   json.RawMessage `json:"payload"`
		Duplicate bool            `json:"duplicate,omitempty"` // whether the command had taken effect before
	}
	// ErrorMessage says that a command failed and changed nothing. Server to client.
	ErrorMessage struct {
		ID    string    `json:"id,omitempty"` // of the command; empty if its id could not be read
		Error WireError `json:"error"`
	}
	// WireError is an [Error] in an [ErrorMessage]. Server to client.
	WireError struct {
		Code         Code   `json:"code"`
		Message      string `json:"message"` // for people
		Retryable    bool   `json:"retryable"`
		RetryAfterMS int64  `json:"retryAfterMs,omitempty"` // in milliseconds; zero if unknown
		Field        string `json:"field,omitempty"`        // the name of the field of a form that has a wrong value
	}
	// PresenceMessage reports changes of presence. Server to client, ephemeral.
	PresenceMessage struct {
		Payload Presence `json:"payload"`
	}
	// TypingMessage reports that a participant types or has stopped. Server to client,
	// ephemeral.
	TypingMessage struct {
		Payload TypingNotice `json:"payload"`
	}
	// PongMessage answers [Ping]. Server to client.
	PongMessage struct {
		ID string `json:"id"`
	}
	// HiddenMessage stands for one or more neighbouring events that are not for the client.
	// Server to client.
	HiddenMessage struct {
		Cursor Cursor `json:"cursor"` // of the last of them; the client resumes after it
	}
	// UnknownMessage is a line of a type that this version does not know. Server to
	// client.
	UnknownMessage struct {
		Type string
		Raw  json.RawMessage // the whole line
	}
	// Connected is the first message of an SSE stream. Server to client.
	Connected struct {
		Type            string `json:"type"` // TypeConnected
		SharedSessionID string `json:"sharedSessionId"`
		Timestamp       string `json:"timestamp"`
		Cursor          string `json:"cursor"` // the stream continues after this event
		Resume          string `json:"resume"` // as in Welcome
	}
)

func (*WelcomeMessage) serverMessage()  {}
func (*OKMessage) serverMessage()       {}
func (*ErrorMessage) serverMessage()    {}
func (*Event) serverMessage()           {}
func (*PresenceMessage) serverMessage() {}
func (*TypingMessage) serverMessage()   {}
func (*PongMessage) serverMessage()     {}
func (*Connected) serverMessage()       {}
func (*HiddenMessage) serverMessage()   {}
func (*UnknownMessage) serverMessage()  {}

// Wire returns the error as part of an [ErrorMessage].
func (e *Error) Wire() WireError {
	return WireError{e.Code, e.Message, e.Entry().Retryable, e.RetryAfter.Milliseconds(), e.Field}
}

// Err returns the error that was sent as w.
func (w WireError) Err() *Error {
	return &Error{Code: w.Code, Message: w.Message, RetryAfter: time.Duration(w.RetryAfterMS) * time.Millisecond, Field: w.Field}
}

// DecodeServer decodes one line of the server. It is lenient, since a newer server may
// send more: it ignores unknown members and returns an [*UnknownMessage] for an unknown
// type. The result shares no memory with line.
func DecodeServer(line []byte) (ServerMessage, error) {
	var head struct {
		Type   string `json:"type"`
		Cursor string `json:"cursor"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, fmt.Errorf("decode server message: %w", err)
	}
	m := newServerMessage(head.Type, head.Cursor != "")
	if u, unknown := m.(*UnknownMessage); unknown {
		u.Type, u.Raw = head.Type, bytes.Clone(line)
		return u, nil
	}
	if err := json.Unmarshal(line, m); err != nil {
		return nil, fmt.Errorf("decode server message %.40q: %w", head.Type, err)
	}
	return m, nil
}

func newServerMessage(t string, isEvent bool) ServerMessage {
	switch t {
	case TypeWelcome:
		return new(WelcomeMessage)
	case TypeOK:
		return new(OKMessage)
	case TypeError:
		return new(ErrorMessage)
	case TypePresence:
		return new(PresenceMessage)
	case TypeTyping:
		return new(TypingMessage)
	case TypePong:
		return new(PongMessage)
	case TypeHidden:
		return new(HiddenMessage)
	case TypeConnected:
		return new(Connected)
	}
	if isEvent {
		return new(Event)
	}
	return new(UnknownMessage)
}

// Outcomes of a resume, in [Welcome] and [Connected].
const (
	ResumeNew = "new" // the client gave no cursor; later events follow
	ResumeOK  = "ok"  // every event after the cursor follows
	ResumeGap = "gap" // the cursor is not of this journal; the client starts from this snapshot
)

// Welcome is the payload of the answer to [Join] and [Resume]: a snapshot of the
// session. It has at most 1 MiB. Server to client.
type Welcome struct {
	Recent        []json.RawMessage `json:"recent"` // the newest events, oldest first; null unless the client asked for them
	Session       Session           `json:"session"`
	Participant   Participant       `json:"participant"`           // the client's own; with the access token after Join
	Participants  []Participant     `json:"participants"`          // the host and those who have not left, in join order; then the client's own and the authors of Approvals, unless listed before
	PeopleAfter   string            `json:"peopleAfter,omitempty"` // if the list is cut: the id of its last participant in join order; People returns the others
	Left          int               `json:"left"`                  // how many guests have left; People lists them
	Approvals     []Approval        `json:"approvals"`             // the prompts that are pending or not finished, oldest first
	Permissions   []Permission      `json:"permissions"`           // the agent's pending questions
	Elicitations  []Elicitation     `json:"elicitations,omitzero"` // the agent's pending requests for input
	Queue         []QueuedPrompt    `json:"queue,omitzero"`        // those of Approvals that wait for the agent, in the order in which they run
	Presence      []string          `json:"presence"`              // the ids of connected participants
	PresenceEpoch string            `json:"presenceEpoch"`         // as in Presence
	PresenceAt    int64             `json:"presenceAt"`            // the number of the last presence change in the list
	Agent         Agent             `json:"agent"`
	Cursor        string            `json:"cursor"`      // of the newest event in this snapshot
	Resume        string            `json:"resume"`      // new, ok or gap
	HeartbeatMS   int64             `json:"heartbeatMs"` // between two pings of the server, in milliseconds
	Limits        Limits            `json:"limits"`
	ReadOnly      bool              `json:"readOnly,omitempty"` // whether the connection accepts only reads
	PublicURL     string            `json:"publicUrl,omitzero"` // the address of the server for links to others, without a slash at its end, if it has been set
}

// Presence reports which participants have opened their first connection or closed
// their last one. Each such change has a number, and one message covers the changes
// after From up to To. Server to client, ephemeral.
type Presence struct {
	Epoch  string   `json:"epoch"` // the numbers of different epochs are unrelated
	From   int64    `json:"from"`
	To     int64    `json:"to"`
	Joined []string `json:"joined"` // the ids of participants who are present as of To
	Left   []string `json:"left"`   // the ids of participants who are absent as of To
}

// PresenceAnswer answers [AskPresence] with the whole list. Server to client.
type PresenceAnswer struct {
	Epoch        string   `json:"epoch"`
	At           int64    `json:"at"`           // the number of the newest change
	Participants []string `json:"participants"` // ids, in join order
}

// Apply updates the list with a message. If the list lacks earlier changes, Apply
// returns false and changes nothing; the client then asks for the list with
// [AskPresence]. A message that the list already covers changes nothing.
func (a *PresenceAnswer) Apply(p Presence) bool {
	switch {
	case p.Epoch != a.Epoch || p.From > a.At:
		return false
	case p.To <= a.At:
		return true
	}
	participants := make([]string, 0, len(a.Participants)+len(p.Joined))
	for _, id := range a.Participants {
		if !slices.Contains(p.Left, id) {
			participants = append(participants, id)
		}
	}
	for _, id := range p.Joined {
		if !slices.Contains(a.Participants, id) {
			participants = append(participants, id)
		}
	}
	a.At, a.Participants = p.To, participants
	return true
}

// TypingNotice says that a participant is typing or has stopped. Server to client,
// ephemeral.
type TypingNotice struct {
	ParticipantID string `json:"participantId"`
	Active        bool   `json:"active"`
}
