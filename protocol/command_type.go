package protocol

// CommandType names a type of command.
type CommandType string

// The types of commands. Client to server.
const (
	CommandJoin         CommandType = "join"
	CommandResume       CommandType = "resume"
	CommandChat         CommandType = "chat"
	CommandPrompt       CommandType = "prompt"
	CommandApprove      CommandType = "approve"
	CommandPermission   CommandType = "permission"
	CommandWithdraw     CommandType = "withdraw"
	CommandEditPrompt   CommandType = "edit_prompt"
	CommandMovePrompt   CommandType = "move_prompt"
	CommandAnswer       CommandType = "answer"
	CommandCancel       CommandType = "cancel"
	CommandSetMode      CommandType = "set_mode"
	CommandSetRole      CommandType = "set_role"
	CommandRemove       CommandType = "remove"
	CommandRotateInvite CommandType = "rotate_invite"
	CommandConfigure    CommandType = "configure"
	CommandSignIn       CommandType = "sign_in"
	CommandStopAgent    CommandType = "stop_agent"
	CommandRestartAgent CommandType = "restart_agent"
	CommandSwitchAgent  CommandType = "switch_agent"
	CommandStopWork     CommandType = "stop_work"
	CommandReviewFile   CommandType = "review_file"
	CommandTyping       CommandType = "typing"
	CommandHistory      CommandType = "history"
	CommandItem         CommandType = "item"
	CommandPeople       CommandType = "people"
	CommandPresence     CommandType = "presence"
	CommandLeave        CommandType = "leave"
	CommandClose        CommandType = "close"
	CommandPing         CommandType = "ping"
)

// commands make the payload of each command type.
var commands = map[CommandType]func() Command{
	CommandJoin:         func() Command { return new(Join) },
	CommandResume:       func() Command { return new(Resume) },
	CommandChat:         func() Command { return new(Chat) },
	CommandPrompt:       func() Command { return new(Prompt) },
	CommandApprove:      func() Command { return new(Approve) },
	CommandPermission:   func() Command { return new(AnswerPermission) },
	CommandWithdraw:     func() Command { return new(Withdraw) },
	CommandEditPrompt:   func() Command { return new(EditPrompt) },
	CommandMovePrompt:   func() Command { return new(MovePrompt) },
	CommandAnswer:       func() Command { return new(Answer) },
	CommandCancel:       func() Command { return new(Cancel) },
	CommandSetMode:      func() Command { return new(SetMode) },
	CommandSetRole:      func() Command { return new(SetRole) },
	CommandRemove:       func() Command { return new(Remove) },
	CommandRotateInvite: func() Command { return new(RotateInvite) },
	CommandConfigure:    func() Command { return new(Configure) },
	CommandSignIn:       func() Command { return new(SignIn) },
	CommandStopAgent:    func() Command { return new(StopAgent) },
	CommandRestartAgent: func() Command { return new(RestartAgent) },
	CommandSwitchAgent:  func() Command { return new(SwitchAgent) },
	CommandStopWork:     func() Command { return new(StopWork) },
	CommandReviewFile:   func() Command { return new(ReviewFile) },
	CommandTyping:       func() Command { return new(Typing) },
	CommandHistory:      func() Command { return new(History) },
	CommandItem:         func() Command { return new(Item) },
	CommandPeople:       func() Command { return new(People) },
	CommandPresence:     func() Command { return new(AskPresence) },
	CommandLeave:        func() Command { return new(Leave) },
	CommandClose:        func() Command { return new(Close) },
	CommandPing:         func() Command { return new(Ping) },
}

// CommandType implements [Command].
func (*Join) CommandType() CommandType { return CommandJoin }

// CommandType implements [Command].
func (*Resume) CommandType() CommandType { return CommandResume }

// CommandType implements [Command].
func (*Chat) CommandType() CommandType { return CommandChat }

// CommandType implements [Command].
func (*Prompt) CommandType() CommandType { return CommandPrompt }

// CommandType implements [Command].
func (*Approve) CommandType() CommandType { return CommandApprove }

// CommandType implements [Command].
func (*AnswerPermission) CommandType() CommandType { return CommandPermission }

// CommandType implements [Command].
func (*Cancel) CommandType() CommandType { return CommandCancel }

// CommandType implements [Command].
func (*SetMode) CommandType() CommandType { return CommandSetMode }

// CommandType implements [Command].
func (*SetRole) CommandType() CommandType { return CommandSetRole }

// CommandType implements [Command].
func (*Remove) CommandType() CommandType { return CommandRemove }

// CommandType implements [Command].
func (*RotateInvite) CommandType() CommandType { return CommandRotateInvite }

// CommandType implements [Command].
func (*StopAgent) CommandType() CommandType { return CommandStopAgent }

// CommandType implements [Command].
func (*Typing) CommandType() CommandType { return CommandTyping }

// CommandType implements [Command].
func (*History) CommandType() CommandType { return CommandHistory }

// CommandType implements [Command].
func (*Item) CommandType() CommandType { return CommandItem }

// CommandType implements [Command].
func (*People) CommandType() CommandType { return CommandPeople }

// CommandType implements [Command].
func (*AskPresence) CommandType() CommandType { return CommandPresence }

// CommandType implements [Command].
func (*Leave) CommandType() CommandType { return CommandLeave }

// CommandType implements [Command].
func (*Close) CommandType() CommandType { return CommandClose }

// CommandType implements [Command].
func (*Ping) CommandType() CommandType { return CommandPing }
