package hub

import "parley/protocol"

// promptRight is what happens to a participant's prompt.
type promptRight int

const (
	promptNever   promptRight = iota // it is refused
	promptPropose                    // it waits for an approval
	promptDirect                     // it runs without one
)

// rights are what one role may do in one mode, apart from the commands of
// [hostOnly].
type rights struct {
	comment bool
	prompt  promptRight
}

// policy holds the rights of each role in each mode. A missing entry grants
// nothing.
var policy = map[protocol.Role]map[protocol.Mode]rights{
	protocol.RoleHost: {
		protocol.ModeViewOnly:           {true, promptDirect},
		protocol.ModeCommentOnly:        {true, promptDirect},
		protocol.ModePromptWithApproval: {true, promptDirect},
		protocol.ModePromptDirect:       {true, promptDirect},
	},
	protocol.RoleCollaborator: {
		protocol.ModeViewOnly:           {false, promptNever},
		protocol.ModeCommentOnly:        {true, promptNever},
		protocol.ModePromptWithApproval: {true, promptPropose},
		protocol.ModePromptDirect:       {true, promptDirect},
	},
	protocol.RoleViewer: {},
}

// rightsOf returns the rights of a role in a mode.
func rightsOf(role protocol.Role, mode protocol.Mode) rights { return policy[role][mode] }

// hostOnly reports whether only the host may send commands of a type.
func hostOnly(t protocol.CommandType) bool { return hostCommands[t] }

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
