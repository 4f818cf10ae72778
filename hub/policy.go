package hub

import "parley/protocol"

// promptRight is what becomes of a prompt.
type promptRight int

const (
	promptNever promptRight = iota
	promptPropose
	promptDirect
)

// rights are what one role may do in one mode. What is for the host alone is
// in hostOnly.
type rights struct {
	comment bool
	prompt  promptRight
}

// policy is who may do what, as one table. What is not in it is not allowed.
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

// rightsOf returns what a participant of a role may do in a mode.
func rightsOf(role protocol.Role, mode protocol.Mode) rights { return policy[role][mode] }

// hostOnly are the commands that only the host may give.
var hostOnly = map[protocol.CommandType]bool{
	protocol.CommandApprove:      true,
	protocol.CommandPermission:   true,
	protocol.CommandSetMode:      true,
	protocol.CommandSetRole:      true,
	protocol.CommandRemove:       true,
	protocol.CommandRotateInvite: true,
	protocol.CommandStopAgent:    true,
	protocol.CommandClose:        true,
}
