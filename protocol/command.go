package protocol

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
	CommandItem         CommandType = "item"
	CommandPeople       CommandType = "people"
	CommandPresence     CommandType = "presence"
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
	// Resume brings a participant's connection back, or begins one that only
	// reads. Answered by Welcome.
	Resume struct {
		ParticipantID    string `json:"participantId"`
		ParticipantToken string `json:"participantToken"`
		Cursor           string `json:"cursor,omitzero"` // the last event that was seen
		Recent           int    `json:"recent,omitzero"`
		ReadOnly         bool   `json:"readOnly,omitzero"` // to read alone, also after leaving and after the session's end
	}
	// Chat says something. Answered by MessageAnswer.
	Chat struct {
		Text    string `json:"text"`
		ReplyTo string `json:"replyTo,omitzero"` // a message's id
	}
	// Prompt proposes a prompt, or sends it where that is allowed. Answered by
	// PromptAnswer.
	Prompt struct {
		Prompt string   `json:"prompt"`
		As     PromptAs `json:"as,omitzero"` // what the author takes it for; it is refused where it would become the other
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
	// Remove ends a participation for good, bars the user id and replaces the
	// invite. Answered by RemoveAnswer.
	Remove struct {
		ParticipantID string  `json:"participantId"`
		Reason        *string `json:"reason,omitzero"`     // everybody is told, the person included
		KeepInvite    bool    `json:"keepInvite,omitzero"` // leaves the invite good, also for that person under another user id
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
	// Item asks for something that waits, whole: a prompt that is not done or a
	// question of the agent. Exactly one of the ids is given. Answered by
	// ItemAnswer.
	Item struct {
		ApprovalID string `json:"approvalId,omitzero"`
		RequestID  string `json:"requestId,omitzero"`
	}
	// People asks for a page of participants: with Left, of the guests who have left,
	// the last who joined first; without, of the others, as Welcome has them, in join
	// order. Answered by PeopleAnswer.
	People struct {
		Left   bool   `json:"left"`
		Before string `json:"before,omitzero"` // with Left: the id of the last participant of the page before
		After  string `json:"after,omitzero"`  // without: the same, or Welcome's PeopleAfter
		Limit  int    `json:"limit"`
	}
	// AskPresence asks for the whole list of those who have a connection. Answered by
	// PresenceAnswer.
	AskPresence struct{}
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
func (*Item) CommandType() CommandType             { return CommandItem }
func (*People) CommandType() CommandType           { return CommandPeople }
func (*AskPresence) CommandType() CommandType      { return CommandPresence }
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
	CommandItem:         func() Command { return new(Item) },
	CommandPeople:       func() Command { return new(People) },
	CommandPresence:     func() Command { return new(AskPresence) },
	CommandLeave:        func() Command { return new(Leave) },
	CommandClose:        func() Command { return new(Close) },
	CommandPing:         func() Command { return new(Ping) },
}
