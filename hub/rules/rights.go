package rules

import "parley/protocol"

// PromptRight is what happens to a participant's prompt.
type PromptRight int

const (
	PromptDenied        PromptRight = iota // it is refused
	PromptNeedsApproval                    // it waits for an approval
	PromptDirect                           // it runs without one
)

// Rights are what one role may do in one mode, apart from the commands of
// [HostOnly].
type Rights struct {
	Comment bool
	Prompt  PromptRight
}

// policy holds the rights of each role in each mode. A missing entry grants
// nothing.
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

// HostOnly reports whether only the host may send commands of a type.
func HostOnly(t protocol.CommandType) bool { return hostCommands[t] }

var hostCommands = map[protocol.CommandType]bool{
	protocol.CommandApprove:      true,
	protocol.CommandPermission:   true,
	protocol.CommandSetMode:      true,
	protocol.CommandSetRole:      true,
	protocol.CommandRemove:       true,
	protocol.CommandRotateInvite: true,
	protocol.CommandStopAgent:    true,
	protocol.CommandClose:        true,
}
