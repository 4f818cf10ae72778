package main

import "parley/protocol"

// model describes the wire format for both outputs.
type model struct {
	src     *source
	enums   []enum
	structs []*object // each before the ones that it contains
	events  []tagged
	command []tagged
	lines   []tagged // messages of the server other than events
	known   map[string]bool
}

type enum struct {
	name, doc string
	values    []string
}

type object struct {
	name, doc string
	members   []member
}

type member struct {
	name, doc string
	shape     shape
	optional  bool
}

// shape is the type of a member: a JSON type, a reference or a list.
type shape struct {
	kind     string // string, integer, number, boolean, any, ref, list
	ref      string
	items    *shape
	format   string
	nullable bool
}

// tagged is a message with a type on the wire.
type tagged struct {
	word   string
	ref    string // the payload, or the whole line
	answer string // the answer to a command
}

// anyEvent is the name of the type of an event inside an answer.
const anyEvent = "AnyEvent"

// overrides are the shapes of members that their Go types do not express.
var overrides = map[string]shape{
	"Welcome.recent":       {kind: "list", items: &shape{kind: "ref", ref: anyEvent}, nullable: true},
	"Welcome.resume":       {kind: "ref", ref: "ResumeOutcome"},
	"Connected.resume":     {kind: "ref", ref: "ResumeOutcome"},
	"HistoryAnswer.events": {kind: "list", items: &shape{kind: "ref", ref: anyEvent}},
	"EventsAnswer.events":  {kind: "list", items: &shape{kind: "ref", ref: anyEvent}},
	"ArchiveAnswer.events": {kind: "list", items: &shape{kind: "ref", ref: anyEvent}},
	"ExportAnswer.events":  {kind: "list", items: &shape{kind: "ref", ref: "ExportRecord"}},
	"Approve.action":       {kind: "ref", ref: "ApproveAction"},
}

// answers are the answers to commands, which the Go types do not express.
var answers = map[protocol.CommandType]any{
	protocol.CommandJoin:         protocol.Welcome{},
	protocol.CommandResume:       protocol.Welcome{},
	protocol.CommandChat:         protocol.MessageAnswer{},
	protocol.CommandPrompt:       protocol.PromptAnswer{},
	protocol.CommandApprove:      protocol.ApprovalAnswer{},
	protocol.CommandPermission:   protocol.PermissionAnswer{},
	protocol.CommandWithdraw:     protocol.CancelAnswer{},
	protocol.CommandEditPrompt:   protocol.PromptAnswer{},
	protocol.CommandMovePrompt:   protocol.QueueAnswer{},
	protocol.CommandAnswer:       protocol.ElicitationAnswer{},
	protocol.CommandCancel:       protocol.CancelAnswer{},
	protocol.CommandSetMode:      protocol.SessionAnswer{},
	protocol.CommandSetRole:      protocol.ParticipantAnswer{},
	protocol.CommandRemove:       protocol.RemoveAnswer{},
	protocol.CommandRotateInvite: protocol.InviteAnswer{},
	protocol.CommandConfigure:    nil,
	protocol.CommandSignIn:       nil,
	protocol.CommandStopAgent:    nil,
	protocol.CommandRestartAgent: nil,
	protocol.CommandSwitchAgent:  nil,
	protocol.CommandStopWork:     nil,
	protocol.CommandReviewFile:   nil,
	protocol.CommandTyping:       nil,
	protocol.CommandHistory:      protocol.HistoryAnswer{},
	protocol.CommandItem:         protocol.ItemAnswer{},
	protocol.CommandPeople:       protocol.PeopleAnswer{},
	protocol.CommandPresence:     protocol.PresenceAnswer{},
	protocol.CommandLeave:        protocol.ParticipantAnswer{},
	protocol.CommandClose:        protocol.CloseAnswer{},
	protocol.CommandPing:         nil,
}

// restBodies are the bodies that only REST uses.
var restBodies = []any{
	protocol.CreateSharedSession{}, protocol.CreateHostSession{}, protocol.CreateAnswer{}, protocol.JoinAnswer{},
	protocol.EventsAnswer{}, protocol.ArchiveAnswer{}, protocol.StateAnswer{}, protocol.InvitationAnswer{}, protocol.WholeQueueAnswer{}, protocol.MessagesAnswer{}, protocol.ParticipantsAnswer{},
	protocol.SessionsAnswer{}, protocol.HostSessionAnswer{}, protocol.HostSessionsAnswer{}, protocol.AgentsAnswer{}, protocol.AgentSessionsAnswer{}, protocol.DirectoriesAnswer{},
	protocol.ServerAnswer{}, protocol.OperatorSignInAnswer{},
	protocol.AttachmentAnswer{}, protocol.ChangesAnswer{}, protocol.FilesAnswer{}, protocol.ErrorBody{}, protocol.AuditAnswer{}, protocol.ExportAnswer{}, protocol.ExportRecord{},
}

// messages are the messages of the server other than events.
var messages = []struct {
	word  string
	value any
}{
	{protocol.TypeWelcome, protocol.WelcomeMessage{}}, {protocol.TypeOK, protocol.OKMessage{}},
	{protocol.TypeError, protocol.ErrorMessage{}}, {protocol.TypePresence, protocol.PresenceMessage{}},
	{protocol.TypeTyping, protocol.TypingMessage{}}, {protocol.TypePong, protocol.PongMessage{}}, {protocol.TypeHidden, protocol.HiddenMessage{}},
	{protocol.TypeConnected, protocol.Connected{}},
}
