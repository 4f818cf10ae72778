package protocol

// Limit is a limit of a server. [Limits] are those that clients learn from a welcome; these are
// all, for [Error] and for those who watch a server. The zero value is none.
type Limit int

// The limits. [LimitTable] describes them.
const (
	NoLimit Limit = iota
	LimitText
	LimitBody
	LimitAttachment
	LimitSessionAttachments
	LimitAllAttachments
	LimitUploads
	LimitCommands
	LimitControl
	LimitJoins
	LimitCredentials
	LimitReads
	LimitParticipants
	LimitRestricted
	LimitConnections
	LimitOwnConnections
	LimitOpen
	LimitUnfinished
	LimitInbound
	LimitOutbound
	LimitOwnOutbound
	LimitSessions
	LimitAgents
	LimitOwnAgents
	LimitPending
	LimitOwnPending
	LimitPendingBytes
	LimitPrompts
	LimitQueue
	LimitFirstCommand
	LimitBodyTime
	LimitPings
	LimitNames
)

// LimitEntry describes a limit.
type LimitEntry struct {
	Name string // in metrics and in docs/limits.md
	Code Code   // of the error; empty if the connection is closed without one
	Flag string // of parley serve, without dashes; empty if the limit is fixed
}

// LimitTable describes every limit.
var LimitTable = [...]LimitEntry{
	NoLimit:                 {},
	LimitText:               {"text", CodeTooLarge, ""},
	LimitBody:               {"body", CodeTooLarge, ""},
	LimitAttachment:         {"attachment", CodeTooLarge, "max-attachment-bytes"},
	LimitSessionAttachments: {"session_attachments", CodeTooLarge, "max-session-attachment-bytes"},
	LimitAllAttachments:     {"all_attachments", CodeStorageFull, "max-total-attachment-bytes"},
	LimitUploads:            {"uploads", CodeRateLimited, "max-uploads"},
	LimitCommands:           {"commands", CodeRateLimited, "command-rate"},
	LimitControl:            {"control_frames", "", ""},
	LimitJoins:              {"joins", CodeRateLimited, "join-rate"},
	LimitCredentials:        {"wrong_credentials", CodeRateLimited, "join-rate"},
	LimitReads:              {"reads", CodeRateLimited, "read-rate"},
	LimitParticipants:       {"participants", CodeTooManyParticipants, "max-participants"},
	LimitRestricted:         {"restricted_users", CodeTooManyParticipants, ""},
	LimitConnections:        {"connections", CodeTooManyParticipants, "max-connections"},
	LimitOwnConnections:     {"own_connections", CodeTooManyParticipants, "max-own-connections"},
	LimitOpen:               {"open_connections", CodeRateLimited, "max-open-connections"},
	LimitUnfinished:         {"unfinished_connections", CodeRateLimited, "max-unfinished"},
	LimitInbound:            {"inbound_bytes", CodeRateLimited, "max-inbound-bytes"},
	LimitOutbound:           {"outbound_bytes", "", "max-outbound-bytes"},
	LimitOwnOutbound:        {"own_outbound_bytes", "", "max-own-outbound-bytes"},
	LimitSessions:           {"sessions", CodeTooManySessions, "max-sessions"},
	LimitAgents:             {"agents", CodeTooManyAgents, "max-agents"},
	LimitOwnAgents:          {"own_agents", CodeTooManyAgents, "max-own-agents"},
	LimitPending:            {"pending_prompts", CodeTooManyPending, "max-pending"},
	LimitOwnPending:         {"own_pending_prompts", CodeTooManyPending, "max-own-pending"},
	LimitPendingBytes:       {"pending_bytes", CodeTooManyPending, ""},
	LimitPrompts:            {"prompt_bytes", CodeQueueFull, "max-prompt-bytes"},
	LimitQueue:              {"queued_prompts", CodeQueueFull, "max-queued"},
	LimitFirstCommand:       {"first_command_time", "", ""},
	LimitBodyTime:           {"body_time", CodeInvalidRequest, ""},
	LimitPings:              {"missed_pings", "", ""},
	LimitNames:              {"names", CodeInvalidRequest, ""},
}

// By returns the error with the limit that refuses the request.
func (e *Error) By(l Limit) *Error {
	e.Limit = l
	return e
}
