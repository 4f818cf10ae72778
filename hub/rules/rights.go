package rules

import "parley/protocol"

// PromptRight decides what happens to a participant's prompt.
type PromptRight int

// The rights to prompt.
const (
	PromptDenied        PromptRight = iota // it is refused
	PromptNeedsApproval                    // it waits for an approval
	PromptDirect                           // it runs without one
)

// Rights are the rights of one role in one mode, apart from the commands of [HostOnly].
type Rights struct {
	Comment bool // whether it may send messages
	Prompt  PromptRight
}

// policy holds the rights of each role in each mode. A missing entry grants no right.
var policy = map[protocol.Role]map[protocol.Mode]Rights{
	protocol.RoleHost: {
		protocol.ModeViewOnly:           {true, PromptDirect},
		protocol.ModeCommentOnly:        {true, PromptDirect},
		protocol.ModePromptWithApproval: {true, PromptDirect},
		protocol.ModePromptDirect:       {true, PromptDirect},
	},
	protocol.RoleCollaborator: {
		protocol.ModeViewOnly:           {false, PromptDenied},
		protocol.ModeCommentOnly:        {true, PromptDenied},
		protocol.ModePromptWithApproval: {true, PromptNeedsApproval},
		protocol.ModePromptDirect:       {true, PromptDirect},
	},
	protocol.RoleViewer: {},
}

// RightsOf returns the rights of a role in a mode.
func RightsOf(role protocol.Role, mode protocol.Mode) Rights { return policy[role][mode] }

// DecidesOnPrompts reports whether participants of a role decide on what others propose and
// on the agent's questions. They see texts whole: nobody decides on what is masked.
func DecidesOnPrompts(role protocol.Role) bool { return role == protocol.RoleHost }

// HostOnly reports whether only the host may send commands of a type.
func HostOnly(t protocol.CommandType) bool { return hostCommands[t] }

var hostCommands = map[protocol.CommandType]bool{
	protocol.CommandApprove:      true,
	protocol.CommandPermission:   true,
	protocol.CommandAnswer:       true,
	protocol.CommandSetMode:      true,
	protocol.CommandSetRole:      true,
	protocol.CommandRemove:       true,
	protocol.CommandRotateInvite: true,
	protocol.CommandMovePrompt:   true,
	protocol.CommandConfigure:    true,
	protocol.CommandSignIn:       true,
	protocol.CommandStopAgent:    true,
	protocol.CommandRestartAgent: true,
	protocol.CommandSwitchAgent:  true,
	protocol.CommandStopWork:     true,
	protocol.CommandClose:        true,
}
