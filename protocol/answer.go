package protocol

import (
	"encoding/json"
	"time"
)

// Answers to commands: the payload of ok and, for the REST call of the same meaning,
// its body. Server to client.
type (
	// SessionAnswer answers [SetMode]. Server to client.
	SessionAnswer struct {
		Session Session `json:"session"`
	}
	// ParticipantAnswer answers [Leave] and [SetRole]. Server to client.
	ParticipantAnswer struct {
		Participant Participant `json:"participant"`
	}
	// RemoveAnswer answers [Remove]. Server to client.
	RemoveAnswer struct {
		Participant Participant `json:"participant"`
		InviteToken *string     `json:"inviteToken"` // the new invite; null if the old one stays valid
	}
	// MessageAnswer answers [Chat]. Server to client.
	MessageAnswer struct {
		Message Message `json:"message"`
	}
	// PromptAnswer answers [Prompt]. Server to client.
	PromptAnswer struct {
		Status   ApprovalStatus `json:"status"`
		Approval Approval       `json:"approval"`
	}
	// ApprovalAnswer answers [Approve]. Server to client.
	ApprovalAnswer struct {
		Approval Approval `json:"approval"`
	}
	// PermissionAnswer answers [AnswerPermission]. Server to client.
	PermissionAnswer struct {
		RequestID string `json:"requestId"`
		OptionID  string `json:"optionId"`
	}
	// CancelAnswer answers [Cancel]. Server to client.
	CancelAnswer struct {
		ApprovalID string `json:"approvalId"` // empty for a turn that the agent began without a prompt
	}
	// InviteAnswer answers [RotateInvite]. Server to client.
	InviteAnswer struct {
		InviteToken string `json:"inviteToken"`
	}
	// CloseAnswer answers [Close]. Server to client.
	CloseAnswer struct {
		Closed  bool    `json:"closed"`
		Session Session `json:"session"`
	}
	// HistoryAnswer answers [History]. Server to client.
	HistoryAnswer struct {
		Events []json.RawMessage `json:"events"` // oldest first, the bytes that were sent live
		More   bool              `json:"more"`   // whether there are more in that direction
		Gap    bool              `json:"gap"`    // the cursor is not of this journal; Events are the newest
	}
	// ItemAnswer answers [Item]: the requested item with its whole text, or what an
	// elicitation was answered with. Server to client.
	ItemAnswer struct {
		Approval    *Approval          `json:"approval"`
		Permission  *Permission        `json:"permission"`
		Elicitation *Elicitation       `json:"elicitation,omitempty"` // if it has no answer yet
		Answer      *ElicitationAnswer `json:"answer,omitempty"`      // of an elicitation that was answered
	}
	// PeopleAnswer answers [People]. Server to client.
	PeopleAnswer struct {
		Participants []Participant `json:"participants"` // in join order; those who have left in reverse join order
		Removed      []string      `json:"removed"`      // the ids of those of them who left and whose user ids are barred
		More         bool          `json:"more"`         // whether there are more after the last of them
	}
)

// Answers of REST calls that are not commands. Server to client.
type (
	// CreateAnswer answers the creation of a shared session. Server to client, REST only.
	CreateAnswer struct {
		Session         Session     `json:"session"` // with its invite token
		InviteToken     string      `json:"inviteToken"`
		HostParticipant Participant `json:"hostParticipant"`    // with its access token
		PublicURL       string      `json:"publicUrl,omitzero"` // as in Welcome
	}
	// JoinAnswer answers a join over REST. Server to client, REST only.
	JoinAnswer struct {
		Session     Session     `json:"session"`
		Participant Participant `json:"participant"` // with its access token
	}
	// EventsAnswer answers a long poll. Server to client, REST only.
	EventsAnswer struct {
		Events []json.RawMessage `json:"events"`
		Cursor string            `json:"cursor"` // for the next request
		Gap    bool              `json:"gap"`    // the cursor of the request is not of this journal
	}
	// ArchiveAnswer is a page of a session's events, for every participant who was not
	// removed, also after the session's end. Server to client, REST only.
	ArchiveAnswer struct {
		Events  []json.RawMessage `json:"events"` // oldest first, the bytes that were sent live
		Session Session           `json:"session"`
		Cursor  string            `json:"cursor"` // of the last event, for the next request
		More    bool              `json:"more"`   // whether there are more in that direction
		Gap     bool              `json:"gap"`    // the cursor is not of this journal; Events are the newest
	}
	// StateAnswer answers a read of a shared session. Server to client, REST only.
	StateAnswer struct {
		Session      Session       `json:"session"`
		Participants []Participant `json:"participants"`
		Approvals    []Approval    `json:"approvals"` // newest first
		Cursor       string        `json:"cursor"`
	}
	// InvitationAnswer describes a session to the holder of its invite, before joining
	// and also after the session has ended. Server to client, REST only.
	InvitationAnswer struct {
		Session      Session       `json:"session"`
		Host         Participant   `json:"host"`
		Participants []Participant `json:"participants"` // the first MaxInvitationParticipants of those present, in join order
		Present      int           `json:"present"`      // how many participants have not left
	}
	// MessagesAnswer lists messages, oldest first. Server to client, REST only.
	MessagesAnswer struct {
		Messages []Message `json:"messages"`
	}
	// ParticipantsAnswer lists all participants in join order, including those who have
	// left. Server to client, REST only.
	ParticipantsAnswer struct {
		Participants []Participant `json:"participants"`
	}
	// SessionsAnswer lists shared sessions, newest first. Server to client, REST only.
	SessionsAnswer struct {
		Sessions []Session `json:"sessions"`
	}
	// HostSessionAnswer contains one host session. Server to client, REST only.
	HostSessionAnswer struct {
		Session HostSession `json:"session"`
		// ForkHistory is what a shared session on a fork of this one begins with. Empty if it
		// cannot be forked now, and in the answer to its creation.
		ForkHistory EarlierHistory `json:"forkHistory,omitempty"`
	}
	// HostSessionsAnswer lists host sessions, newest first. Server to client, REST only.
	HostSessionsAnswer struct {
		Sessions []HostSession `json:"sessions"`
	}
	// AgentsAnswer lists agents. Server to client, REST only.
	AgentsAnswer struct {
		Agents  []AgentProfile `json:"agents"`  // those that can be started
		Missing []MissingAgent `json:"missing"` // common agents that are not installed on the server's machine
	}
	// ServerAnswer says what a server asks the client for. Server to client, REST only.
	ServerAnswer struct {
		Protected bool    `json:"protected"` // whether it asks for credentials to read sessions, and for an operator's key to list them and to start agents
		Operator  *string `json:"operator"`  // the name of the operator's key that the request has; null for none

		Identity *IdentityAnswer   `json:"identity,omitzero"` // who has sent the request, if that is verified
		Provider *IdentityProvider `json:"provider,omitzero"` // the identity provider with which people sign in; null for none
	}
	// IdentityAnswer is a verified identity. Server to client, REST only.
	IdentityAnswer struct {
		ID      string     `json:"id"`                 // as in [Participant] and [Owner]
		UserID  string     `json:"userId"`             // under which the person joins sessions
		Name    string     `json:"name"`               // for people
		Admin   bool       `json:"admin,omitzero"`     // whether the person may use what others have created
		Expires *time.Time `json:"expiresAt,omitzero"` // when the identity is checked again; null for never
	}
	// IdentityProvider is an OpenID provider with which people sign in to the server. Server
	// to client, REST only.
	IdentityProvider struct {
		Name     string   `json:"name"`     // for people
		Issuer   string   `json:"issuer"`   // its URL
		ClientID string   `json:"clientId"` // of programs that sign in by the device flow
		Scopes   []string `json:"scopes"`   // to ask for
	}
	// OperatorSignInAnswer answers a sign-in. Server to client, REST only.
	OperatorSignInAnswer struct {
		Name string `json:"name"`         // of the key, or of the person
		Key  string `json:"key,omitzero"` // a secret; empty if it is in a cookie
	}
	// ErrorBody is the body of an error. Server to client, REST only.
	ErrorBody struct {
		Error        string `json:"error"` // the message, for people
		Code         Code   `json:"code"`
		Retryable    bool   `json:"retryable"`
		RetryAfterMS int64  `json:"retryAfterMs,omitempty"` // in milliseconds; zero if unknown
		Field        string `json:"field,omitempty"`        // the name of the field of a form that has a wrong value

		AuthMethods []AuthMethod `json:"authMethods,omitempty"` // of AGENT_AUTH_REQUIRED: the ways to sign in, if they are known
	}
)

// MaxInvitationParticipants is the number of participants that an [InvitationAnswer]
// lists at most.
const MaxInvitationParticipants = 5

// Body returns the error as the body of a REST answer.
func (e *Error) Body() ErrorBody {
	return ErrorBody{
		Error:        e.Message,
		Code:         e.Code,
		Retryable:    e.Entry().Retryable,
		RetryAfterMS: e.RetryAfter.Milliseconds(),
		Field:        e.Field,
		AuthMethods:  e.AuthMethods,
	}
}

// AuditAnswer says who did what in a session. Server to client, REST only, for those who
// administer the server.
type AuditAnswer struct {
	Entries []AuditEntry `json:"entries"` // the oldest first
}

// AuditEntry is one act. It names an event of the session, whose chain of hashes covers the
// entry. Server to client, REST only.
type AuditEntry struct {
	Cursor      string       `json:"cursor"`      // of the event
	At          time.Time    `json:"at"`          // of the event
	Type        EventType    `json:"type"`        // of the event
	Act         string       `json:"act"`         // what was done, in words
	Participant *Participant `json:"participant"` // who did it; null if no participant did
	Subject     string       `json:"subject"`     // the id of what it was done to: a prompt, question, participant, option or tool call; empty for the session
	Detail      string       `json:"detail"`      // the beginning of a text, or a choice; may be empty
	Address     string       `json:"address"`     // IP address of the client; empty if it was not recorded
	Identity    string       `json:"identity"`    // whom the server knew the client to be, such as a verified person or the name of an operator's key; empty for nobody
}

// ExportAnswer is a page of an export: records of events as a participant sees them, from
// which anybody can check that none was changed, left out or added. Server to client, REST
// only.
type ExportAnswer struct {
	Events     []json.RawMessage `json:"events"`     // each an [ExportRecord]
	Cursor     string            `json:"cursor"`     // of the last event, to continue from
	More       bool              `json:"more"`       // further events follow
	Checkpoint *Checkpoint       `json:"checkpoint"` // of the last event, on the last page; else null
}

// ExportRecord is one event in an export. Its hash is
// SHA-256(previous hash ‖ format ‖ session ‖ number ‖ microseconds ‖ type ‖ public ‖ private),
// where public and private are the digests of the two parts of the event: SHA-256(salt ‖
// part). A part that the reader does not see is represented by its digest. Hashes, digests
// and salts are hexadecimal. Server to client, REST only.
type ExportRecord struct {
	Number        int64           `json:"number"`
	Format        int             `json:"format"` // of the record; the chain of format 1 cannot be checked in an export
	Time          time.Time       `json:"time"`
	Type          EventType       `json:"type"`
	Salt          string          `json:"salt,omitempty"`         // with the event's own payload: of the public part
	PublicDigest  string          `json:"publicDigest,omitempty"` // without it
	PrivateDigest string          `json:"privateDigest"`
	Hash          string          `json:"hash"`
	Redaction     Redaction       `json:"redaction,omitempty"` // as in [Event]
	Payload       json.RawMessage `json:"payload"`             // null for an event that is not for the reader
}

// Checkpoint is the server's statement that a session had a chain of hashes at a time. The
// signature is Ed25519 (RFC 8032) over the line "parley.checkpoint.v1 SESSION NUMBER HASH
// TIME", with the time as it is here. Server to client, REST only.
type Checkpoint struct {
	Session   string `json:"session"`
	Number    int64  `json:"number"` // of the session's newest event
	Hash      string `json:"hash"`   // of that event, hexadecimal
	At        string `json:"at"`     // RFC 3339, UTC
	Key       string `json:"key"`    // the server's public key, hexadecimal
	Signature string `json:"signature"`
}
