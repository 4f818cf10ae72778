package protocol

import "slices"

// Mode says what collaborators may do in a shared session.
type Mode string

// The modes. ModePromptWithApproval is the default.
const (
	ModeViewOnly           Mode = "view_only"
	ModeCommentOnly        Mode = "comment_only"
	ModePromptWithApproval Mode = "prompt_with_approval"
	ModePromptDirect       Mode = "prompt_direct"
)

// Role says what a participant is in a shared session.
type Role string

// The roles. RoleCollaborator is the default on join.
const (
	RoleHost         Role = "host"
	RoleCollaborator Role = "collaborator"
	RoleViewer       Role = "viewer"
)

// SessionStatus is the state of a shared session.
type SessionStatus string

// The states of a shared session; the last two are final.
const (
	StatusActive  SessionStatus = "active"
	StatusClosed  SessionStatus = "closed"
	StatusExpired SessionStatus = "expired"
)

// ApprovalStatus is the state of a prompt.
type ApprovalStatus string

// The states of a prompt. An approved one can still fail.
const (
	ApprovalPending  ApprovalStatus = "pending"
	ApprovalApproved ApprovalStatus = "approved"
	ApprovalRejected ApprovalStatus = "rejected"
	ApprovalFailed   ApprovalStatus = "failed"
)

// MessageKind tells what a message is.
type MessageKind string

// The kinds of message.
const (
	MessageComment MessageKind = "comment"
	MessagePrompt  MessageKind = "prompt"
	MessageSystem  MessageKind = "system"
)

// PermissionPolicy says who answers the agent's permission requests.
type PermissionPolicy string

// The policies. PermissionsAsk is the default: people answer.
const (
	PermissionsAsk    PermissionPolicy = "ask"
	PermissionsAllow  PermissionPolicy = "allow"  // an allow_once option is chosen, never allow_always
	PermissionsReject PermissionPolicy = "reject" // a reject option is chosen
)

// PromptAs is what a prompt becomes when it is sent.
type PromptAs string

// What a prompt becomes.
const (
	PromptAsProposal PromptAs = "proposal" // it waits for an approval
	PromptAsDirect   PromptAs = "direct"   // it goes to the agent
)

// AgentStatus is the state of a host session's agent.
type AgentStatus string

// The states of an agent.
const (
	AgentStarting     AgentStatus = "starting"
	AgentIdle         AgentStatus = "idle"
	AgentRunning      AgentStatus = "running"
	AgentWaiting      AgentStatus = "waiting"      // for an answer to a permission request
	AgentUnresponsive AgentStatus = "unresponsive" // was asked to cancel and goes on
	AgentDetached     AgentStatus = "detached"     // its host is away
	AgentEnding       AgentStatus = "ending"       // it was asked to end; prompts wait for the next process
	AgentExited       AgentStatus = "exited"
)

// AgentContinuation says on which of its sessions an agent goes on that was
// started again.
type AgentContinuation string

// The ways in which an agent goes on.
const (
	ContinuedLoaded AgentContinuation = "loaded" // on the session that it had
	ContinuedNew    AgentContinuation = "new"    // on a new one: it does not remember
)

// Valid reports whether the word is one of the enumeration's. Decode insists on
// that; clients do not, so that a newer server may use a newer word.
func (m Mode) Valid() bool {
	return slices.Contains([]Mode{ModeViewOnly, ModeCommentOnly, ModePromptWithApproval, ModePromptDirect}, m)
}

// Valid reports whether the word is one of the enumeration's.
func (r Role) Valid() bool {
	return slices.Contains([]Role{RoleHost, RoleCollaborator, RoleViewer}, r)
}

// Valid reports whether the word is one of the enumeration's.
func (s SessionStatus) Valid() bool {
	return slices.Contains([]SessionStatus{StatusActive, StatusClosed, StatusExpired}, s)
}

// Valid reports whether the word is one of the enumeration's.
func (p PermissionPolicy) Valid() bool {
	return slices.Contains([]PermissionPolicy{PermissionsAsk, PermissionsAllow, PermissionsReject}, p)
}

// Valid reports whether the word is one of the enumeration's.
func (a PromptAs) Valid() bool {
	return slices.Contains([]PromptAs{PromptAsProposal, PromptAsDirect}, a)
}
