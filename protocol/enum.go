package protocol

import "slices"

// Mode determines what collaborators may do in a shared session.
type Mode string

// The modes. [ModePromptWithApproval] is the default.
const (
	ModeViewOnly           Mode = "view_only"
	ModeCommentOnly        Mode = "comment_only"
	ModePromptWithApproval Mode = "prompt_with_approval"
	ModePromptDirect       Mode = "prompt_direct"
)

// Role determines, with the [Mode], what a participant may do.
type Role string

// The roles. [RoleCollaborator] is the default of a join.
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

// ApprovalStatus is the state of an [Approval].
type ApprovalStatus string

// The states of an approval. An approved prompt can still fail.
const (
	ApprovalPending  ApprovalStatus = "pending"
	ApprovalApproved ApprovalStatus = "approved"
	ApprovalRejected ApprovalStatus = "rejected"
	ApprovalFailed   ApprovalStatus = "failed"
)

// MessageKind is the kind of a [Message].
type MessageKind string

// The kinds of message.
const (
	MessageComment MessageKind = "comment"
	MessagePrompt  MessageKind = "prompt"
	MessageSystem  MessageKind = "system"
)

// PermissionPolicy determines who answers the agent's permission requests.
type PermissionPolicy string

// The policies. With [PermissionsAsk], the default, people answer.
const (
	PermissionsAsk    PermissionPolicy = "ask"
	PermissionsAllow  PermissionPolicy = "allow"  // the server chooses an allow_once option, never allow_always
	PermissionsReject PermissionPolicy = "reject" // the server chooses a reject option
)

// PromptAs is what a prompt becomes when the server accepts it.
type PromptAs string

// The ways of accepting a prompt.
const (
	PromptAsProposal PromptAs = "proposal" // it waits for an approval
	PromptAsDirect   PromptAs = "direct"   // it goes to the agent
)

// AgentSource says why an agent can be started.
type AgentSource string

// The sources of agents.
const (
	SourceBuiltIn    AgentSource = "builtin"    // it is part of the server
	SourceConfigured AgentSource = "configured" // the operator has configured it
	SourceInstalled  AgentSource = "installed"  // it is a common agent that is installed on the server's machine
)

// When says when an approved prompt runs.
type When string

// The times at which a prompt runs. [WhenQueue] is the default.
const (
	WhenQueue     When = "queue"     // after the prompts that wait
	WhenInterrupt When = "interrupt" // next: the running turn of the same session is cancelled
)

// Attribution says whether the agent's model is told who wrote and approved a prompt.
type Attribution string

// The ways of attribution. Shared sessions without one have [AttributionOff].
const (
	AttributionPrefix Attribution = "prefix" // in a text block before the prompt
	AttributionOff    Attribution = "off"    // only in the _meta of the request, which models do not read
)

// AgentStatus is the state of the agent of a host session.
type AgentStatus string

// The states of an agent.
const (
	AgentStarting     AgentStatus = "starting"
	AgentIdle         AgentStatus = "idle"
	AgentRunning      AgentStatus = "running"
	AgentWaiting      AgentStatus = "waiting"      // the agent waits for an answer to a permission request
	AgentUnresponsive AgentStatus = "unresponsive" // the agent was asked to cancel and continues
	AgentDetached     AgentStatus = "detached"     // the agent's host is not connected
	AgentEnding       AgentStatus = "ending"       // the agent was asked to end; prompts wait for the next process
	AgentExited       AgentStatus = "exited"
)

// AgentContinuation says which session a restarted agent continues.
type AgentContinuation string

// The ways in which a restarted agent continues.
const (
	ContinuedResumed AgentContinuation = "resumed" // with its previous session, which it has resumed
	ContinuedLoaded  AgentContinuation = "loaded"  // with its previous session, which it has loaded
	ContinuedNew     AgentContinuation = "new"     // with a new session, without memory of the previous one
)

// EarlierHistory says whether a shared session begins with the conversation that its agent
// remembers.
type EarlierHistory string

// What a shared session on a fork or on an adopted session begins with.
const (
	HistoryRepeated EarlierHistory = "repeated" // the agent repeats the conversation
	HistoryMissing  EarlierHistory = "missing"  // it begins empty: the agent cannot repeat the conversation
	HistoryWithheld EarlierHistory = "withheld" // it begins empty: several sessions have taken part in the conversation, whose participants may not read each other's
)

// Valid reports whether m is a known mode. [Decode] requires a known word; clients do
// not, so that a newer server may use newer words.
func (m Mode) Valid() bool {
	return slices.Contains([]Mode{ModeViewOnly, ModeCommentOnly, ModePromptWithApproval, ModePromptDirect}, m)
}

// Valid reports whether r is a known role.
func (r Role) Valid() bool {
	return slices.Contains([]Role{RoleHost, RoleCollaborator, RoleViewer}, r)
}

// Valid reports whether s is a known status.
func (s SessionStatus) Valid() bool {
	return slices.Contains([]SessionStatus{StatusActive, StatusClosed, StatusExpired}, s)
}

// Valid reports whether p is a known policy.
func (p PermissionPolicy) Valid() bool {
	return slices.Contains([]PermissionPolicy{PermissionsAsk, PermissionsAllow, PermissionsReject}, p)
}

// Valid reports whether w is a known word.
func (w When) Valid() bool { return w == WhenQueue || w == WhenInterrupt }

// Valid reports whether a is a known word.
func (a Attribution) Valid() bool { return a == AttributionPrefix || a == AttributionOff }

// Valid reports whether a is a known word.
func (a PromptAs) Valid() bool {
	return slices.Contains([]PromptAs{PromptAsProposal, PromptAsDirect}, a)
}
