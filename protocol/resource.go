package protocol

import (
	"encoding/json"
	"time"
)

// Session is a shared session. Server to client.
type Session struct {
	ID               string        `json:"id"`
	WorkspaceID      string        `json:"workspaceId"`
	HostUserID       string        `json:"hostUserId"`
	HostSessionID    string        `json:"hostSessionId"`
	Mode             Mode          `json:"mode"`
	ApprovalRequired bool          `json:"approvalRequired"` // whether Mode is prompt_with_approval
	InviteToken      *string       `json:"inviteToken"`      // null except in the answer to the creation, and in the host's welcome to an active session
	CreatedAt        time.Time     `json:"createdAt"`
	ExpiresAt        *time.Time    `json:"expiresAt"` // null if the session does not expire
	Status           SessionStatus `json:"status"`
	Attribution      Attribution   `json:"attribution,omitempty"` // prefix if the model is told who wrote and approved each prompt
	Owner            *Owner        `json:"owner,omitzero"`        // who created it; null if nobody had to prove who they are
}

// Owner is who has created a session: a person whose identity the server has verified, or the
// holder of an operator's key. Server to client.
type Owner struct {
	ID   string `json:"id"`   // opaque, and the same in all sessions of the server
	Name string `json:"name"` // for people
}

// Participant is a person in a shared session. Server to client.
type Participant struct {
	ID              string     `json:"id"`
	SharedSessionID string     `json:"sharedSessionId"`
	UserID          string     `json:"userId"`
	DisplayName     *string    `json:"displayName"`
	Role            Role       `json:"role"`
	JoinedAt        time.Time  `json:"joinedAt"`
	LeftAt          *time.Time `json:"leftAt"`      // null while the participation lasts
	AccessToken     *string    `json:"accessToken"` // null except in an answer to this participant

	// Verified says that the server has verified who this is: the user id is not the
	// participant's own statement.
	Verified bool `json:"verified,omitzero"`
	// Identity identifies a verified person: it is opaque, and the same in all sessions of
	// the server.
	Identity string `json:"identity,omitzero"`
}

// Name returns the display name, or else the user id.
func (p Participant) Name() string {
	if p.DisplayName != nil {
		return *p.DisplayName
	}
	return p.UserID
}

// Person returns a key that two participants share if they are the same person, as far as the
// server knows: that of a verified identity, or else the user id, which anybody can use. The
// two never coincide.
func (p Participant) Person() string {
	if p.Identity != "" {
		return VerifiedPerson(p.Identity)
	}
	return p.UserID
}

// VerifiedPerson returns the [Participant.Person] of an identity. No user id has a control
// character.
func VerifiedPerson(identity string) string { return "\x00" + identity }

// Message is a message in a shared session. Server to client.
type Message struct {
	ID              string      `json:"id"`
	SharedSessionID string      `json:"sharedSessionId"`
	ParticipantID   string      `json:"participantId"`
	AuthorUserID    string      `json:"authorUserId"`
	Kind            MessageKind `json:"kind"`
	Text            string      `json:"text"`
	CreatedAt       time.Time   `json:"createdAt"`
	ApprovalID      *string     `json:"approvalId"`       // of a message of kind prompt; else null
	ReplyTo         *string     `json:"replyTo"`          // the id of a message, or null
	Content         []Content   `json:"content,omitzero"` // what belongs to the text; Text names it too
}

// Approval is a prompt with its status. Server to client.
type Approval struct {
	ID                      string         `json:"id"`
	SharedSessionID         string         `json:"sharedSessionId"`
	ParticipantID           string         `json:"participantId"`  // the author
	Prompt                  string         `json:"prompt"`         // the edited text if the host edited it
	OriginalPrompt          *string        `json:"originalPrompt"` // the author's text if the host edited it; else null
	Status                  ApprovalStatus `json:"status"`
	CreatedAt               time.Time      `json:"createdAt"`
	ResolvedAt              *time.Time     `json:"resolvedAt"`
	ResolvedByParticipantID *string        `json:"resolvedByParticipantId"`
	Reason                  *string        `json:"reason"`               // of a rejection; else null
	ErrorMessage            *string        `json:"errorMessage"`         // of a failed prompt; else null
	When                    When           `json:"when,omitempty"`       // interrupt; missing for a prompt that waits for its turn
	Replaces                string         `json:"replaces,omitempty"`   // the id of the prompt that its author has edited into this one
	Content                 []Content      `json:"content,omitzero"`     // what belongs to the prompt; Prompt names it too
	Truncated               bool           `json:"truncated,omitempty"`  // whether the texts are truncated and Content is left out, which happens only in a welcome; Item reads the whole approval
	WholeBytes              int            `json:"wholeBytes,omitempty"` // if truncated: the size of the whole texts in bytes
}

// Reasons of a rejection by the author of a prompt, in [Approval].
const (
	ReasonWithdrawn = "withdrawn"
	ReasonReplaced  = "replaced" // another approval replaces it
)

// Permission is a pending question of the agent. Server to client.
type Permission struct {
	RequestID string          `json:"requestId"`
	ToolCall  json.RawMessage `json:"toolCall"` // as the agent sent it
	Options   json.RawMessage `json:"options"`  // as the agent sent them, in its order

	// Title and Description are those of the question, which agents of version 2 of the
	// Agent Client Protocol send beside the tool call. A question of theirs about a command
	// or about something else has a tool call whose rawInput is what the question is about.
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`

	// Truncated says that ToolCall contains only the call's id, kind and the beginning
	// of its title, and that Title, Description and Options are empty, so that nobody can answer a question
	// that is not shown whole. This happens only in a welcome. Item reads the whole
	// question.
	Truncated  bool `json:"truncated,omitempty"`
	WholeBytes int  `json:"wholeBytes,omitempty"` // if truncated: the size of the four members in bytes
}

// HostSession is a session of an agent. Server to client.
type HostSession struct {
	ID          string           `json:"id"`
	Agent       string           `json:"agent"`
	WorkspaceID string           `json:"workspaceId"`
	Title       string           `json:"title"`
	Permissions PermissionPolicy `json:"permissions"`
	Status      AgentStatus      `json:"status"`
	Detail      string           `json:"detail,omitempty"`      // what a starting agent waits for, or why it could not be started
	SilentSince *time.Time       `json:"silentSince,omitempty"` // when the agent last sent output, if it has been silent for long in a turn
	CreatedAt   time.Time        `json:"createdAt"`
	Facts       AgentFacts       `json:"facts"`          // the facts that the agent has reported
	Owner       *Owner           `json:"owner,omitzero"` // who created it; null if nobody had to prove who they are
}

// AgentProfile is an agent that can be started. Server to client.
type AgentProfile struct {
	Name        string      `json:"name"`
	Title       string      `json:"title,omitempty"` // for people
	Description string      `json:"description"`
	Source      AgentSource `json:"source,omitempty"`
	SignIn      string      `json:"signIn,omitempty"`   // the command that signs in to the agent, on the server's machine
	Cwd         string      `json:"cwd,omitempty"`      // the working directory of sessions that request none; empty if it has none that can be used
	OtherCwd    bool        `json:"otherCwd,omitempty"` // whether a session may request another one
}

// About returns the description of the agent for people, or else its title.
func (p AgentProfile) About() string {
	if p.Description != "" {
		return p.Description
	}
	return p.Title
}

// MissingAgent is a common agent that is not installed on the server's machine. Server to
// client.
type MissingAgent struct {
	Name    string `json:"name"`
	Title   string `json:"title"`             // for people
	Install string `json:"install,omitempty"` // the command that installs it
	Npx     string `json:"npx,omitempty"`     // a command that runs it without installing it first; a configured agent can have it
	SignIn  string `json:"signIn"`            // the command that signs in to it, once it is installed
	Docs    string `json:"docs"`              // the URL of its documentation
}

// HowToInstall returns a phrase for people that says how to install the agent.
func (m MissingAgent) HowToInstall() string {
	if m.Install != "" {
		return "install it with: " + m.Install
	}
	return "install it as its documentation says: " + m.Docs
}
