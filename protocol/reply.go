package protocol

import (
	"encoding/json"
	"slices"
)

// Types of what the server sends beside events.
const (
	TypeWelcome  = "welcome"
	TypeOK       = "ok"
	TypeError    = "error"
	TypePresence = "presence"
	TypeTyping   = "typing"
	TypePong     = "pong"

	// TypeConnected is the first line of an SSE stream.
	TypeConnected = "connected"
)

// Resume outcomes.
const (
	ResumeNew = "new" // no cursor was given: what happens next follows
	ResumeOK  = "ok"  // every event after the cursor follows
	ResumeGap = "gap" // the cursor is not of this journal: start from this snapshot
)

// Welcome is the payload of the answer to Join and Resume. Server to client.
type Welcome struct {
	Recent        []json.RawMessage `json:"recent"` // the newest events, oldest first; null if not asked for
	Session       Session           `json:"session"`
	Participant   Participant       `json:"participant"`           // you; with your access token on Join
	Participants  []Participant     `json:"participants"`          // the host, and those who have not left, in join order; then you and authors of Approvals, where they are not among them
	PeopleAfter   string            `json:"peopleAfter,omitempty"` // the last of those in join order, where not all have room; People has the others
	Left          int               `json:"left"`                  // how many guests have left; see People
	Approvals     []Approval        `json:"approvals"`             // those that are pending or not done, oldest first
	Permissions   []Permission      `json:"permissions"`
	Presence      []string          `json:"presence"`      // ids of participants with a connection
	PresenceEpoch string            `json:"presenceEpoch"` // and the number of the change as of which that holds; see Presence
	PresenceAt    int64             `json:"presenceAt"`
	Agent         Agent             `json:"agent"`
	Cursor        string            `json:"cursor"` // the newest event of this snapshot
	Resume        string            `json:"resume"` // one of the outcomes above
	HeartbeatMS   int64             `json:"heartbeatMs"`
	Limits        Limits            `json:"limits"`
	ReadOnly      bool              `json:"readOnly,omitempty"` // the connection takes history and ping alone
}

// MaxInvitationParticipants is how many of those present an InvitationAnswer names.
const MaxInvitationParticipants = 5

// Answers: the payload of ok, and the body of the REST call of the same
// meaning. Server to client.
type (
	// SessionAnswer answers SetMode.
	SessionAnswer struct {
		Session Session `json:"session"`
	}
	// CreateAnswer answers the creation of a shared session.
	CreateAnswer struct {
		Session         Session     `json:"session"` // with its invite token
		InviteToken     string      `json:"inviteToken"`
		HostParticipant Participant `json:"hostParticipant"` // with its access token
	}
	// JoinAnswer answers a join over REST.
	JoinAnswer struct {
		Session     Session     `json:"session"`
		Participant Participant `json:"participant"` // with its access token
	}
	// ParticipantAnswer answers Leave and SetRole.
	ParticipantAnswer struct {
		Participant Participant `json:"participant"`
	}
	// RemoveAnswer answers Remove.
	RemoveAnswer struct {
		Participant Participant `json:"participant"`
		InviteToken *string     `json:"inviteToken"` // the new invite; null where the old one stays good
	}
	// MessageAnswer answers Chat.
	MessageAnswer struct {
		Message Message `json:"message"`
	}
	// PromptAnswer answers Prompt.
	PromptAnswer struct {
		Status   ApprovalStatus `json:"status"`
		Approval Approval       `json:"approval"`
	}
	// ApprovalAnswer answers Approve.
	ApprovalAnswer struct {
		Approval Approval `json:"approval"`
	}
	// PermissionAnswer answers AnswerPermission.
	PermissionAnswer struct {
		RequestID string `json:"requestId"`
		OptionID  string `json:"optionId"`
	}
	// CancelAnswer answers Cancel.
	CancelAnswer struct {
		ApprovalID string `json:"approvalId"`
	}
	// InviteAnswer answers RotateInvite.
	InviteAnswer struct {
		InviteToken string `json:"inviteToken"`
	}
	// CloseAnswer answers Close.
	CloseAnswer struct {
		Closed  bool    `json:"closed"`
		Session Session `json:"session"`
	}
	// HistoryAnswer answers History.
	HistoryAnswer struct {
		Events []json.RawMessage `json:"events"` // oldest first, the very bytes that were live
		More   bool              `json:"more"`   // whether there are more in that direction
		Gap    bool              `json:"gap"`    // the cursor is not of this journal; Events are the newest
	}
	// ItemAnswer answers Item: the one that was asked for, whole.
	ItemAnswer struct {
		Approval   *Approval   `json:"approval"`
		Permission *Permission `json:"permission"`
	}
	// PresenceAnswer answers AskPresence: who is present as of a change.
	PresenceAnswer struct {
		Epoch        string   `json:"epoch"`
		At           int64    `json:"at"`           // the number of the newest change
		Participants []string `json:"participants"` // ids, in join order
	}
	// PeopleAnswer answers People.
	PeopleAnswer struct {
		Participants []Participant `json:"participants"` // in join order; with People.Left the last who joined first
		Removed      []string      `json:"removed"`      // ids of those of them who have left and whose user ids are barred
		More         bool          `json:"more"`         // whether there are more behind the last of them
	}
	// EventsAnswer answers the long-poll endpoint.
	EventsAnswer struct {
		Events []json.RawMessage `json:"events"`
		Cursor string            `json:"cursor"` // to ask with next
		Gap    bool              `json:"gap"`
	}
	// ArchiveAnswer is a page of a session's events, for everybody who took part
	// and was not removed, also after the session's end.
	ArchiveAnswer struct {
		Events  []json.RawMessage `json:"events"` // oldest first, the very bytes that were live
		Session Session           `json:"session"`
		Cursor  string            `json:"cursor"` // of the last of Events, to ask with next
		More    bool              `json:"more"`   // whether there are more in that direction
		Gap     bool              `json:"gap"`    // the cursor is not of this journal; Events are the newest
	}
	// StateAnswer answers a read of a shared session over REST.
	StateAnswer struct {
		Session      Session       `json:"session"`
		Participants []Participant `json:"participants"`
		Approvals    []Approval    `json:"approvals"` // newest first
		Cursor       string        `json:"cursor"`
	}
	// InvitationAnswer tells the holder of an invite what it is for, before
	// joining. It is answered over REST, also when the session has ended, which
	// its status says.
	InvitationAnswer struct {
		Session      Session       `json:"session"`
		Host         Participant   `json:"host"`
		Participants []Participant `json:"participants"` // the first MaxInvitationParticipants of those present, in join order
		Present      int           `json:"present"`      // how many participants have not left
	}
	// MessagesAnswer lists what was said, oldest first.
	MessagesAnswer struct {
		Messages []Message `json:"messages"`
	}
	// ParticipantsAnswer lists everybody in join order, those who left included.
	ParticipantsAnswer struct {
		Participants []Participant `json:"participants"`
	}
	// SessionsAnswer lists shared sessions, newest first.
	SessionsAnswer struct {
		Sessions []Session `json:"sessions"`
	}
	// HostSessionAnswer answers with one host session.
	HostSessionAnswer struct {
		Session HostSession `json:"session"`
	}
	// HostSessionsAnswer lists host sessions, newest first.
	HostSessionsAnswer struct {
		Sessions []HostSession `json:"sessions"`
	}
	// AgentsAnswer lists the agents that can be started.
	AgentsAnswer struct {
		Agents []AgentProfile `json:"agents"`
	}
)

// Presence tells who has a first connection and who has none any more. Each such
// change has a number, and one message covers those after From up to To. Server to
// client, ephemeral.
type Presence struct {
	Epoch  string   `json:"epoch"` // of the numbers; under another one nothing is known
	From   int64    `json:"from"`
	To     int64    `json:"to"`
	Joined []string `json:"joined"` // ids of those who are present as of To
	Left   []string `json:"left"`   // ids of those who are not
}

// Apply brings the list up to date with a message. It returns false, and changes
// nothing, if one was missed before: the list has to be asked for then. Messages that
// the list knows already change nothing.
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

// TypingNotice says that somebody types or has stopped. Server to client,
// ephemeral.
type TypingNotice struct {
	ParticipantID string `json:"participantId"`
	Active        bool   `json:"active"`
}

// Connected is the first event of a stream over SSE. Server to client.
type Connected struct {
	Type            string `json:"type"` // TypeConnected
	SharedSessionID string `json:"sharedSessionId"`
	Timestamp       string `json:"timestamp"`
	Cursor          string `json:"cursor"`
	Resume          string `json:"resume"`
}

// ErrorBody is the body of an error over REST. Server to client.
type ErrorBody struct {
	Error        string `json:"error"`
	Code         Code   `json:"code"`
	Retryable    bool   `json:"retryable"`
	RetryAfterMS int64  `json:"retryAfterMs,omitempty"`
}

// Body returns the error as a REST body.
func (e *Error) Body() ErrorBody {
	return ErrorBody{
		Error:        e.Message,
		Code:         e.Code,
		Retryable:    e.Entry().Retryable,
		RetryAfterMS: e.RetryAfter.Milliseconds(),
	}
}
