package protocol

import "strings"

// Command is the payload of a command: a pointer to one of the types below. A member
// is required unless it is marked omitzero. Client to server.
type Command interface {
	CommandType() CommandType
	// Normalize trims texts and checks everything that does not depend on a
	// session. It returns nil or an [*Error].
	Normalize(Limits) error
}

// Actions of [Approve].
const (
	ActionApprove = "approve"
	ActionReject  = "reject"
)

type (
	// Join makes the holder of an invite a participant. The answer is a [Welcome].
	// Client to server.
	Join struct {
		InviteToken      string  `json:"inviteToken"`
		UserID           string  `json:"userId"`
		DisplayName      *string `json:"displayName,omitzero"`
		Role             Role    `json:"role,omitzero"`
		ParticipantToken string  `json:"participantToken,omitzero"` // to return as the same participant
		Recent           int     `json:"recent,omitzero"`           // how many of the newest events the welcome contains
		MaxDelayMS       *int    `json:"maxDelayMs,omitzero"`       // join pieces of texts that arrive within this time, at most 1,000 ms; nil to send each
	}
	// Resume connects an existing participant, or opens a read-only connection. The
	// answer is a [Welcome]. Client to server.
	Resume struct {
		ParticipantID    string `json:"participantId"`
		ParticipantToken string `json:"participantToken"`
		Cursor           string `json:"cursor,omitzero"`     // of the last event that the client has received
		Recent           int    `json:"recent,omitzero"`     // how many of the newest events the welcome contains
		ReadOnly         bool   `json:"readOnly,omitzero"`   // only read, which is possible after leaving and after the session's end too
		MaxDelayMS       *int   `json:"maxDelayMs,omitzero"` // as in Join
	}
	// Chat sends a message to the participants. The answer is a [MessageAnswer]. Client
	// to server.
	Chat struct {
		Text    string         `json:"text"`
		ReplyTo string         `json:"replyTo,omitzero"` // the id of a message
		Content []ContentBlock `json:"content,omitzero"` // shown beside the text, which may be empty then
	}
	// Prompt proposes a prompt, or sends it to the agent if no approval is required. The
	// answer is a [PromptAnswer]. Client to server.
	Prompt struct {
		Prompt  string         `json:"prompt"`
		As      PromptAs       `json:"as,omitzero"`      // what the author expects the prompt to become; the server refuses it otherwise
		Content []ContentBlock `json:"content,omitzero"` // sent to the agent beside the text, which may be empty then
		When    When           `json:"when,omitzero"`    // interrupt: cancel the running turn and run next; queue, the default, waits
	}
	// Approve resolves a pending prompt. The answer is an [ApprovalAnswer]. Client to
	// server.
	Approve struct {
		ApprovalID string  `json:"approvalId"`
		Action     string  `json:"action"`          // approve or reject
		Prompt     *string `json:"prompt,omitzero"` // the edited text
		Reason     *string `json:"reason,omitzero"` // for everyone in the session
	}
	// AnswerPermission answers a question of the agent. The answer is a
	// [PermissionAnswer]. Client to server.
	AnswerPermission struct {
		RequestID string `json:"requestId"`
		OptionID  string `json:"optionId"` // one of the options that the agent offered
	}
	// Cancel cancels a prompt or, without an id, the running turn. The answer is a
	// [CancelAnswer]. Client to server.
	Cancel struct {
		ApprovalID string `json:"approvalId,omitzero"`
	}
	// SetMode changes what collaborators may do. The answer is a [SessionAnswer]. Client
	// to server.
	SetMode struct {
		Mode Mode `json:"mode"`
	}
	// SetRole changes the role of a participant. The answer is a [ParticipantAnswer].
	// Client to server.
	SetRole struct {
		ParticipantID string `json:"participantId"`
		Role          Role   `json:"role"`
	}
	// Remove removes a participant for good, bars the user id and replaces the invite.
	// The answer is a [RemoveAnswer]. Client to server.
	Remove struct {
		ParticipantID string  `json:"participantId"`
		Reason        *string `json:"reason,omitzero"`     // for everyone, including the removed participant
		KeepInvite    bool    `json:"keepInvite,omitzero"` // keep the invite valid, also for that person under another user id
	}
	// RotateInvite replaces the invite. The answer is an [InviteAnswer]. Client to
	// server.
	RotateInvite struct{}
	// StopAgent ends the agent's process. The answer has an empty payload. Client to
	// server.
	StopAgent struct{}
	// Typing says that the participant is typing, which lapses after five seconds, or has
	// stopped. The answer has an empty payload. Client to server.
	Typing struct {
		Active bool `json:"active"`
	}
	// History reads events before or after a cursor, or the newest without a cursor. The
	// answer is a [HistoryAnswer]. Client to server.
	History struct {
		Before string `json:"before,omitzero"`
		After  string `json:"after,omitzero"`
		Limit  int    `json:"limit"`
	}
	// Item reads the whole text of an unfinished prompt or of a pending question of the
	// agent, or what an elicitation was answered with. Exactly one of the ids is set. The
	// answer is an [ItemAnswer]. Client to server.
	Item struct {
		ApprovalID string `json:"approvalId,omitzero"`
		RequestID  string `json:"requestId,omitzero"`
	}
	// People reads a page of participants: with Left, the guests who have left, in
	// reverse join order; otherwise the participants that [Welcome] lists, in join order.
	// The answer is a [PeopleAnswer]. Client to server.
	People struct {
		Left   bool   `json:"left"`
		Before string `json:"before,omitzero"` // with Left: the id of the last participant of the previous page
		After  string `json:"after,omitzero"`  // without Left: the same, or PeopleAfter of the welcome
		Limit  int    `json:"limit"`
	}
	// AskPresence reads the list of connected participants. The answer is a
	// [PresenceAnswer]. Client to server.
	AskPresence struct{}
	// Leave ends the participation of the sender. The answer is a [ParticipantAnswer].
	// Client to server.
	Leave struct{}
	// Close ends the session. The answer is a [CloseAnswer]. Client to server.
	Close struct{}
	// Ping is answered by a [PongMessage]. Client to server.
	Ping struct{}
)

// CreateSharedSession is the body of a request that creates a shared session. Client
// to server, REST only.
type CreateSharedSession struct {
	HostSessionID    string      `json:"hostSessionId"`
	HostUserID       string      `json:"hostUserId"`
	HostDisplayName  *string     `json:"hostDisplayName,omitzero"`
	Mode             Mode        `json:"mode,omitzero"`
	WorkspaceID      *string     `json:"workspaceId,omitzero"`
	ExpiresInMinutes *int64      `json:"expiresInMinutes,omitzero"` // the session never expires if zero or negative
	Attribution      Attribution `json:"attribution,omitzero"`      // off if missing
}

// MaxExpiryMinutes is the longest life of a session, ten years. It keeps times well
// within the range of [time.Duration].
const MaxExpiryMinutes = 10 * 366 * 24 * 60

// Normalize trims texts, sets the default mode and checks the members. It returns nil
// or an [*Error].
func (c *CreateSharedSession) Normalize() error {
	c.HostSessionID = strings.TrimSpace(c.HostSessionID)
	c.HostUserID = strings.TrimSpace(c.HostUserID)
	if c.HostSessionID == "" {
		return Errorf(CodeMissingHostSessionID, "hostSessionId is missing or blank")
	}
	if c.HostUserID == "" {
		return Errorf(CodeMissingHostUserID, "hostUserId is missing or blank")
	}
	if c.Mode == "" {
		c.Mode = ModePromptWithApproval
	}
	if c.Attribution == AttributionOff {
		c.Attribution = "" // the default
	}
	if c.ExpiresInMinutes != nil && *c.ExpiresInMinutes > MaxExpiryMinutes {
		return Errorf(CodeInvalidRequest, "expiresInMinutes must not exceed %d", int64(MaxExpiryMinutes))
	}
	if c.WorkspaceID != nil {
		if err := checkName("workspaceId", *c.WorkspaceID); err != nil {
			return err
		}
	}
	if err := checkName("hostUserId", c.HostUserID); err != nil {
		return err
	}
	return NormalizeDisplayName(&c.HostDisplayName)
}

// CreateHostSession is the body of a request that starts an agent. Client to server,
// REST only.
type CreateHostSession struct {
	Agent       string           `json:"agent,omitzero"` // the name of a profile; empty with fork
	WorkspaceID string           `json:"workspaceId,omitzero"`
	Cwd         string           `json:"cwd,omitzero"` // the working directory; the profile's if empty
	Title       string           `json:"title,omitzero"`
	Permissions PermissionPolicy `json:"permissions,omitzero"`
	Adopt       string           `json:"adopt,omitzero"`  // the id of a session that the agent has already, which is continued; cwd is that session's
	Fork        string           `json:"fork,omitzero"`   // the id of a host session whose conversation is continued in another way, by the same agent in the same directory
	SignIn      string           `json:"signIn,omitzero"` // the id of a way to sign in, of the type agent, that the agent uses first
}

// Normalize trims texts, sets defaults and checks the members. It returns nil or an
// [*Error].
func (c *CreateHostSession) Normalize() error {
	c.Agent = strings.TrimSpace(c.Agent)
	c.Title = strings.TrimSpace(c.Title)
	switch {
	case c.Fork != "" && (c.Agent != "" || c.Cwd != "" || c.Adopt != ""):
		return Errorf(CodeInvalidRequest, "fork goes without agent, cwd and adopt: the agent and its directory are those of the session that is forked")
	case c.Agent == "" && c.Fork == "":
		return Errorf(CodeInvalidRequest, "agent is missing or blank")
	}
	if c.WorkspaceID == "" && c.Fork == "" {
		c.WorkspaceID = DefaultWorkspace
	}
	if c.Permissions == "" && c.Fork == "" {
		c.Permissions = PermissionsAsk
	}
	if err := checkName("title", c.Title); err != nil {
		return err
	}
	if err := checkName("adopt", c.Adopt); err != nil {
		return err
	}
	if c.SignIn != "" {
		if err := checkMethodID(c.SignIn); err != nil {
			return err
		}
	}
	return checkName("workspaceId", c.WorkspaceID)
}

// DefaultWorkspace is the workspace of a host session that does not name one.
const DefaultWorkspace = "default"
