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
	ApprovalRequired bool          `json:"approvalRequired"` // exactly when Mode is ModePromptWithApproval
	InviteToken      *string       `json:"inviteToken"`      // null except in the answer to create, and in the host's welcome to an active session
	CreatedAt        time.Time     `json:"createdAt"`
	ExpiresAt        *time.Time    `json:"expiresAt"`
	Status           SessionStatus `json:"status"`
}

// Participant is somebody in a shared session. Server to client.
type Participant struct {
	ID              string     `json:"id"`
	SharedSessionID string     `json:"sharedSessionId"`
	UserID          string     `json:"userId"`
	DisplayName     *string    `json:"displayName"`
	Role            Role       `json:"role"`
	JoinedAt        time.Time  `json:"joinedAt"`
	LeftAt          *time.Time `json:"leftAt"`
	AccessToken     *string    `json:"accessToken"` // null except where that participant itself is answered
}

// Name returns what to call the participant: the display name, or else the
// user id.
func (p Participant) Name() string {
	if p.DisplayName != nil {
		return *p.DisplayName
	}
	return p.UserID
}

// Message is something that was said in a shared session. Server to client.
type Message struct {
	ID              string      `json:"id"`
	SharedSessionID string      `json:"sharedSessionId"`
	ParticipantID   string      `json:"participantId"`
	AuthorUserID    string      `json:"authorUserId"`
	Kind            MessageKind `json:"kind"`
	Text            string      `json:"text"`
	CreatedAt       time.Time   `json:"createdAt"`
	ApprovalID      *string     `json:"approvalId"` // of a message of kind prompt
	ReplyTo         *string     `json:"replyTo"`    // a message's id
}

// Approval is a prompt and what became of it. Server to client.
type Approval struct {
	ID                      string         `json:"id"`
	SharedSessionID         string         `json:"sharedSessionId"`
	ParticipantID           string         `json:"participantId"` // the author
	Prompt                  string         `json:"prompt"`        // as it was approved, if edited
	OriginalPrompt          *string        `json:"originalPrompt"`
	Status                  ApprovalStatus `json:"status"`
	CreatedAt               time.Time      `json:"createdAt"`
	ResolvedAt              *time.Time     `json:"resolvedAt"`
	ResolvedByParticipantID *string        `json:"resolvedByParticipantId"`
	Reason                  *string        `json:"reason"` // why it was rejected
	ErrorMessage            *string        `json:"errorMessage"`
	Truncated               bool           `json:"truncated,omitempty"`  // the texts are their beginnings alone; in a welcome only, and Item asks for the whole
	WholeBytes              int            `json:"wholeBytes,omitempty"` // of a truncated one: the bytes of its texts when they are whole
}

// Permission is a question of the agent that waits for an answer. Server to
// client.
type Permission struct {
	RequestID string          `json:"requestId"`
	ToolCall  json.RawMessage `json:"toolCall"` // as the agent sent it
	Options   json.RawMessage `json:"options"`  // as the agent sent them, in its order

	// Truncated says that ToolCall has no more than the call's id, kind and the
	// beginning of its title, and Options none: nobody can answer what is not
	// shown. In a welcome only, and Item asks for the whole.
	Truncated  bool `json:"truncated,omitempty"`
	WholeBytes int  `json:"wholeBytes,omitempty"` // of a truncated one: the bytes of both when they are whole
}

// HostSession is one running session of an agent. Server to client.
type HostSession struct {
	ID          string           `json:"id"`
	Agent       string           `json:"agent"`
	WorkspaceID string           `json:"workspaceId"`
	Title       string           `json:"title"`
	Permissions PermissionPolicy `json:"permissions"`
	Status      AgentStatus      `json:"status"`
	Detail      string           `json:"detail,omitempty"`      // what the agent that starts waits for, or why it could not be started
	SilentSince *time.Time       `json:"silentSince,omitempty"` // in a turn, when the agent last said something, if that is long ago
	CreatedAt   time.Time        `json:"createdAt"`
	Facts       AgentFacts       `json:"facts"` // what is known of the agent
}

// AgentProfile is an agent that can be started. Server to client.
type AgentProfile struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}
