package protocol

import (
	"encoding/json"
	"time"
)

// Payload is the content of an event: a pointer to one of the types below, or an
// [*UnknownPayload]. Server to client.
type Payload interface{ EventType() EventType }

// Payloads about the session, its participants and their messages.
type (
	// SharedSessionCreated is the first event of every session. Server to client.
	SharedSessionCreated struct {
		Session Session `json:"session"`
	}
	// SessionUpdated says that the session's mode has changed. Server to client.
	SessionUpdated struct {
		Session     Session     `json:"session"`
		Participant Participant `json:"participant"` // who changed it
	}
	// SessionClosed is the last event of a session. It ends every participation. Server
	// to client.
	SessionClosed struct {
		Status SessionStatus `json:"status"` // closed or expired
	}
	// ParticipantJoined says that a participant has joined or returned. Server to client.
	ParticipantJoined struct {
		Participant Participant `json:"participant"`
	}
	// ParticipantUpdated says that a participant's role has changed. Server to client.
	ParticipantUpdated struct {
		Participant Participant `json:"participant"`
	}
	// ParticipantLeft says that a participant has left or was removed. Server to client.
	ParticipantLeft struct {
		Participant Participant `json:"participant"`
		RemovedBy   *string     `json:"removedBy,omitempty"` // the participant id of the host
		Reason      *string     `json:"reason,omitempty"`
	}
	// InviteRotated says that the previous invite is no longer valid. Server to client.
	InviteRotated struct {
		Participant Participant `json:"participant"` // who replaced it
	}
	// MessageCreated is a message of a participant. Server to client.
	MessageCreated struct {
		Message     Message     `json:"message"`
		Participant Participant `json:"participant"` // the author
	}
)

// Payloads about prompts and the agent's turns.
type (
	// PromptPendingApproval is a prompt that waits for the host's decision. Server to
	// client.
	PromptPendingApproval struct {
		Approval    Approval    `json:"approval"`
		Participant Participant `json:"participant"` // the author
	}
	// PromptApproved is a prompt that goes to the agent. Server to client.
	PromptApproved struct {
		Approval    Approval    `json:"approval"`
		Participant Participant `json:"participant"` // who approved it
	}
	// PromptRejected is a prompt that does not go to the agent. Server to client.
	PromptRejected struct {
		Approval    Approval    `json:"approval"`
		Participant Participant `json:"participant"` // who rejected it
	}
	// PromptQueued says that an approved prompt waits for other turns. Server to client.
	PromptQueued struct {
		ApprovalID string `json:"approvalId"`
		Ahead      int    `json:"ahead"` // the number of turns before it, including the running one
	}
	// PromptCancelled says that a participant cancelled a queued prompt or the running
	// turn. PromptDispatchFailed follows when the turn has ended. Server to client.
	PromptCancelled struct {
		ApprovalID  string      `json:"approvalId"`
		Participant Participant `json:"participant"` // who cancelled it
	}
	// PromptDispatchStarted says that the agent has received the prompt. Server to client.
	PromptDispatchStarted struct {
		ApprovalID string `json:"approvalId"`
	}
	// PromptDispatchCompleted says that the turn has ended. Server to client.
	PromptDispatchCompleted struct {
		ApprovalID string `json:"approvalId"`
		StopReason string `json:"stopReason,omitempty"` // as the agent names it
	}
	// PromptDispatchFailed says that the turn failed or never began. Server to client.
	PromptDispatchFailed struct {
		ApprovalID string `json:"approvalId"`
		Error      string `json:"error"`
		// Code is AGENT_AUTH_REQUIRED, AGENT_FAILED, AGENT_NOT_FOUND or another code if the
		// agent could not be started or refused the prompt.
		Code Code `json:"code,omitempty"`
	}
)

// Payloads about the agent.
type (
	// HostSessionUpdate is a notification of the agent. Server to client.
	HostSessionUpdate struct {
		Notification json.RawMessage `json:"notification"` // as the agent sent it, except for params.sessionId
	}
	// PermissionRequested is a question of the agent. Server to client.
	PermissionRequested struct {
		Permission
	}
	// PermissionResolved says how a question of the agent was answered. Server to client.
	PermissionResolved struct {
		RequestID   string            `json:"requestId"`
		OptionID    *string           `json:"optionId"` // null unless Outcome is selected
		Outcome     PermissionOutcome `json:"outcome"`
		Source      PermissionSource  `json:"source"`
		Participant *Participant      `json:"participant"` // who answered; null unless Source is participant
	}
	// PermissionWithdrawn says that a question no longer needs an answer. Server to
	// client.
	PermissionWithdrawn struct {
		RequestID string `json:"requestId"`
	}
	// AgentStatusChanged reports the state of the agent. Server to client.
	AgentStatusChanged struct {
		Status     AgentStatus `json:"status"`
		ExitCode   *int        `json:"exitCode,omitempty"`
		StderrTail *string     `json:"stderrTail,omitempty"`
		// Detail is a line for people: what a starting agent waits for, or why an agent
		// could not be started.
		Detail string `json:"detail,omitempty"`
		// Asleep says that an agent that has exited was ended because nobody used it. The
		// next prompt starts it again.
		Asleep bool `json:"asleep,omitempty"`
		// StartedAt is when a start that is in progress began.
		StartedAt *time.Time `json:"startedAt,omitempty"`
		// SilentSince is when the agent last sent output, if it has been silent for long
		// in a turn.
		SilentSince *time.Time `json:"silentSince,omitempty"`
	}
	// AgentSession says how a restarted agent continues, if it had a turn before, and what
	// the first shared session on a fork or an adopted session has of the conversation.
	// Server to client.
	AgentSession struct {
		Continued AgentContinuation `json:"continued"`
		History   EarlierHistory    `json:"history,omitempty"` // set in the first shared session on a fork or an adopted session
		Reason    string            `json:"reason,omitempty"`  // why the session is a new one
		// Recap is the text that the agent receives before the next prompt of this session
		// if the agent's session is a new one. It quotes the earlier prompts of this session
		// and the agent's answers, shortened. Empty if there were none.
		Recap string `json:"recap,omitempty"`
	}
	// AgentStrayOutput says that the agent writes lines to its standard output that are
	// not messages. The server only logs them. It is sent once in a turn and once
	// between turns. Server to client.
	AgentStrayOutput struct {
		ApprovalID *string `json:"approvalId"` // of the turn; null between turns
	}
	// AgentSlowed says that the agent writes more than the server lets it add to its
	// sessions, so that the server reads it slowly. Nothing is lost. It is sent at most
	// once between two prompts. Server to client.
	AgentSlowed struct {
		ApprovalID *string `json:"approvalId"` // of the turn; null between turns and in the agent's own turns
	}
	// AgentUpdated reports changed facts about the agent. The members that are present
	// replace the known ones; the others stay. Server to client.
	AgentUpdated struct {
		AgentFacts
	}
)

// Same reports whether both describe the same state of a running agent. They may
// differ in members about the end of a process and the beginning of a start.
func (p AgentStatusChanged) Same(other AgentStatusChanged) bool {
	silent := p.SilentSince == nil && other.SilentSince == nil ||
		p.SilentSince != nil && other.SilentSince != nil && p.SilentSince.Equal(*other.SilentSince)
	return p.Status == other.Status && p.Detail == other.Detail && p.Asleep == other.Asleep && silent
}

// PermissionOutcome says how a permission request ended.
type PermissionOutcome string

// The outcomes of a permission request.
const (
	OutcomeSelected  PermissionOutcome = "selected"
	OutcomeCancelled PermissionOutcome = "cancelled"
)

// PermissionSource says who or what answered a permission request.
type PermissionSource string

// The sources of an answer.
const (
	SourceParticipant PermissionSource = "participant"
	SourcePolicy      PermissionSource = "policy"  // the setting of the host session
	SourceTimeout     PermissionSource = "timeout" // there was no answer in time
	SourceCancel      PermissionSource = "cancel"  // the turn was cancelled
)
