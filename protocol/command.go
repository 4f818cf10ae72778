package protocol

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CommandType names a command.
type CommandType string

// The commands. All go from client to server.
const (
	CommandJoin         CommandType = "join"
	CommandResume       CommandType = "resume"
	CommandChat         CommandType = "chat"
	CommandPrompt       CommandType = "prompt"
	CommandApprove      CommandType = "approve"
	CommandPermission   CommandType = "permission"
	CommandCancel       CommandType = "cancel"
	CommandSetMode      CommandType = "set_mode"
	CommandSetRole      CommandType = "set_role"
	CommandRemove       CommandType = "remove"
	CommandRotateInvite CommandType = "rotate_invite"
	CommandStopAgent    CommandType = "stop_agent"
	CommandTyping       CommandType = "typing"
	CommandHistory      CommandType = "history"
	CommandLeave        CommandType = "leave"
	CommandClose        CommandType = "close"
	CommandPing         CommandType = "ping"
)

// Command is a command's payload: one of the types below, as pointers. A
// member is required unless it is marked omitzero.
type Command interface {
	CommandType() CommandType
	// Normalize trims what is trimmed and checks what can be told from the
	// payload alone. It returns nil or an *Error.
	Normalize(Limits) error
}

// Actions of Approve.
const (
	ActionApprove = "approve"
	ActionReject  = "reject"
)

type (
	// Join makes somebody with the invite a participant. Answered by Welcome.
	Join struct {
		InviteToken      string  `json:"inviteToken"`
		UserID           string  `json:"userId"`
		DisplayName      *string `json:"displayName,omitzero"`
		Role             Role    `json:"role,omitzero"`
		ParticipantToken string  `json:"participantToken,omitzero"` // to come back as oneself
		Recent           int     `json:"recent,omitzero"`
	}
	// Resume brings a participant's connection back. Answered by Welcome.
	Resume struct {
		ParticipantID    string `json:"participantId"`
		ParticipantToken string `json:"participantToken"`
		Cursor           string `json:"cursor,omitzero"` // the last event that was seen
		Recent           int    `json:"recent,omitzero"`
	}
	// Chat says something. Answered by MessageAnswer.
	Chat struct {
		Text    string `json:"text"`
		ReplyTo string `json:"replyTo,omitzero"` // a message's id
	}
	// Prompt proposes a prompt, or sends it where that is allowed. Answered by
	// PromptAnswer.
	Prompt struct {
		Prompt string `json:"prompt"`
	}
	// Approve decides on a pending prompt. Answered by ApprovalAnswer.
	Approve struct {
		ApprovalID string  `json:"approvalId"`
		Action     string  `json:"action"`
		Prompt     *string `json:"prompt,omitzero"` // the edited text
		Reason     *string `json:"reason,omitzero"`
	}
	// AnswerPermission answers a question of the agent. Answered by
	// PermissionAnswer.
	AnswerPermission struct {
		RequestID string `json:"requestId"`
		OptionID  string `json:"optionId"`
	}
	// Cancel ends a queued prompt or, without an id, the running turn.
	// Answered by CancelAnswer.
	Cancel struct {
		ApprovalID string `json:"approvalId,omitzero"`
	}
	// SetMode changes what collaborators may do. Answered by SessionAnswer.
	SetMode struct {
		Mode Mode `json:"mode"`
	}
	// SetRole changes what somebody is. Answered by ParticipantAnswer.
	SetRole struct {
		ParticipantID string `json:"participantId"`
		Role          Role   `json:"role"`
	}
	// Remove shows somebody out and bars the user id. Answered by
	// ParticipantAnswer.
	Remove struct {
		ParticipantID string  `json:"participantId"`
		Reason        *string `json:"reason,omitzero"`
	}
	// RotateInvite replaces the invite. Answered by InviteAnswer.
	RotateInvite struct{}
	// StopAgent ends the agent's process. Answered by an empty payload.
	StopAgent struct{}
	// Typing says that somebody types; it lapses after five seconds. Answered
	// by an empty payload.
	Typing struct {
		Active bool `json:"active"`
	}
	// History asks for events before or after a cursor; without one, for the
	// newest. Answered by HistoryAnswer.
	History struct {
		Before string `json:"before,omitzero"`
		After  string `json:"after,omitzero"`
		Limit  int    `json:"limit"`
	}
	// Leave ends one's participation. Answered by ParticipantAnswer.
	Leave struct{}
	// Close ends the session. Answered by CloseAnswer.
	Close struct{}
	// Ping is answered by Pong.
	Ping struct{}
)

func (*Join) CommandType() CommandType             { return CommandJoin }
func (*Resume) CommandType() CommandType           { return CommandResume }
func (*Chat) CommandType() CommandType             { return CommandChat }
func (*Prompt) CommandType() CommandType           { return CommandPrompt }
func (*Approve) CommandType() CommandType          { return CommandApprove }
func (*AnswerPermission) CommandType() CommandType { return CommandPermission }
func (*Cancel) CommandType() CommandType           { return CommandCancel }
func (*SetMode) CommandType() CommandType          { return CommandSetMode }
func (*SetRole) CommandType() CommandType          { return CommandSetRole }
func (*Remove) CommandType() CommandType           { return CommandRemove }
func (*RotateInvite) CommandType() CommandType     { return CommandRotateInvite }
func (*StopAgent) CommandType() CommandType        { return CommandStopAgent }
func (*Typing) CommandType() CommandType           { return CommandTyping }
func (*History) CommandType() CommandType          { return CommandHistory }
func (*Leave) CommandType() CommandType            { return CommandLeave }
func (*Close) CommandType() CommandType            { return CommandClose }
func (*Ping) CommandType() CommandType             { return CommandPing }

var commands = map[CommandType]func() Command{
	CommandJoin:         func() Command { return new(Join) },
	CommandResume:       func() Command { return new(Resume) },
	CommandChat:         func() Command { return new(Chat) },
	CommandPrompt:       func() Command { return new(Prompt) },
	CommandApprove:      func() Command { return new(Approve) },
	CommandPermission:   func() Command { return new(AnswerPermission) },
	CommandCancel:       func() Command { return new(Cancel) },
	CommandSetMode:      func() Command { return new(SetMode) },
	CommandSetRole:      func() Command { return new(SetRole) },
	CommandRemove:       func() Command { return new(Remove) },
	CommandRotateInvite: func() Command { return new(RotateInvite) },
	CommandStopAgent:    func() Command { return new(StopAgent) },
	CommandTyping:       func() Command { return new(Typing) },
	CommandHistory:      func() Command { return new(History) },
	CommandLeave:        func() Command { return new(Leave) },
	CommandClose:        func() Command { return new(Close) },
	CommandPing:         func() Command { return new(Ping) },
}

// Normalize implements Command.
func (c *Join) Normalize(l Limits) error {
	c.UserID = strings.TrimSpace(c.UserID)
	if c.UserID == "" {
		return Errorf(CodeMissingUserID, "userId is blank")
	}
	if err := checkName("userId", c.UserID); err != nil {
		return err
	}
	if err := NormalizeDisplayName(&c.DisplayName); err != nil {
		return err
	}
	return checkRecent(c.Recent, l)
}

// Normalize implements Command.
func (c *Resume) Normalize(l Limits) error { return checkRecent(c.Recent, l) }

// Normalize implements Command.
func (c *Chat) Normalize(l Limits) error {
	c.Text = strings.TrimSpace(c.Text)
	if c.Text == "" {
		return Errorf(CodeEmptyMessage, "a message needs a text")
	}
	return checkSize("text", c.Text, l.MessageBytes)
}

// Normalize implements Command.
func (c *Prompt) Normalize(l Limits) error {
	c.Prompt = strings.TrimSpace(c.Prompt)
	return checkPrompt(c.Prompt, l)
}

// Normalize implements Command.
func (c *Approve) Normalize(l Limits) error {
	if c.Action != ActionApprove && c.Action != ActionReject {
		return Errorf(CodeInvalidAction, "action is %q or %q", ActionApprove, ActionReject)
	}
	if c.Prompt != nil {
		*c.Prompt = strings.TrimSpace(*c.Prompt)
		if err := checkPrompt(*c.Prompt, l); err != nil {
			return err
		}
	}
	return normalizeReason(&c.Reason)
}

// Normalize implements Command.
func (*AnswerPermission) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Cancel) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*SetMode) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (c *SetRole) Normalize(Limits) error {
	if c.Role == RoleHost {
		return Errorf(CodeInvalidRequest, "the role of host cannot be given")
	}
	return nil
}

// Normalize implements Command.
func (c *Remove) Normalize(Limits) error { return normalizeReason(&c.Reason) }

// Normalize implements Command.
func (*RotateInvite) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*StopAgent) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Typing) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (c *History) Normalize(l Limits) error {
	if c.Before != "" && c.After != "" {
		return Errorf(CodeInvalidRequest, "before and after exclude each other")
	}
	if c.Limit < 1 || c.Limit > l.HistoryLimit {
		return Errorf(CodeInvalidRequest, "limit is 1 to %d", l.HistoryLimit)
	}
	return nil
}

// Normalize implements Command.
func (*Leave) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Close) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Ping) Normalize(Limits) error { return nil }

// NormalizeDisplayName trims the name, makes a blank one nil and checks its
// length and characters. It returns nil or an *Error.
func NormalizeDisplayName(name **string) error {
	if trimBlank(name); *name == nil {
		return nil
	}
	return checkName("displayName", **name)
}

func checkName(field, name string) error {
	if utf8.RuneCountInString(name) > MaxNameLength {
		return Errorf(CodeInvalidRequest, "%s has more than %d characters", field, MaxNameLength)
	}
	if strings.ContainsFunc(name, forbiddenInNames) {
		return Errorf(CodeInvalidRequest, "%s has a control or direction-changing character", field)
	}
	return nil
}

// forbiddenInNames holds what can make a name look like another or break a
// line: controls, and the bidirectional controls of Unicode UAX #9.
func forbiddenInNames(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

func checkPrompt(prompt string, l Limits) error {
	if prompt == "" {
		return Errorf(CodeEmptyPrompt, "a prompt needs a text")
	}
	return checkSize("prompt", prompt, l.PromptBytes)
}

func checkSize(field, text string, limit int) error {
	if len(text) > limit {
		return Errorf(CodeTooLarge, "%s has %d bytes, %d are allowed", field, len(text), limit)
	}
	return nil
}

func normalizeReason(reason **string) error {
	if trimBlank(reason); *reason == nil {
		return nil
	}
	return checkSize("reason", **reason, MaxReasonLength)
}

// trimBlank trims a text that may be left out, and leaves a blank one out.
func trimBlank(text **string) {
	if *text == nil {
		return
	}
	trimmed := strings.TrimSpace(**text)
	if *text = &trimmed; trimmed == "" {
		*text = nil
	}
}

func checkRecent(recent int, l Limits) error {
	if recent < 0 || recent > l.RecentEvents {
		return Errorf(CodeInvalidRequest, "recent is 0 to %d", l.RecentEvents)
	}
	return nil
}
