package protocol

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// Event is something that happened in a session, numbered and durable. Server
// to client, over WebSocket and SSE alike.
type Event struct {
	Type            EventType `json:"type"`
	Cursor          Cursor    `json:"cursor"`
	SharedSessionID string    `json:"sharedSessionId"`
	Timestamp       time.Time `json:"timestamp"`
	Payload         Payload   `json:"payload"`
}

// EventType names an event.
type EventType string

// The events of a shared session.
const (
	EventSharedSessionCreated    EventType = "shared_session_created"
	EventSessionUpdated          EventType = "session_updated"
	EventSessionClosed           EventType = "session_closed"
	EventParticipantJoined       EventType = "participant_joined"
	EventParticipantUpdated      EventType = "participant_updated"
	EventParticipantLeft         EventType = "participant_left"
	EventInviteRotated           EventType = "invite_rotated"
	EventMessageCreated          EventType = "message_created"
	EventPromptPendingApproval   EventType = "prompt_pending_approval"
	EventPromptApproved          EventType = "prompt_approved"
	EventPromptRejected          EventType = "prompt_rejected"
	EventPromptQueued            EventType = "prompt_queued"
	EventPromptCancelled         EventType = "prompt_cancelled"
	EventPromptDispatchStarted   EventType = "prompt_dispatch_started"
	EventPromptDispatchCompleted EventType = "prompt_dispatch_completed"
	EventPromptDispatchFailed    EventType = "prompt_dispatch_failed"
	EventHostSessionUpdate       EventType = "host_session_update"
	EventPermissionRequested     EventType = "permission_requested"
	EventPermissionResolved      EventType = "permission_resolved"
	EventPermissionWithdrawn     EventType = "permission_withdrawn"
	EventAgentStatus             EventType = "agent_status"
	EventAgentSession            EventType = "agent_session"
	EventAgentStrayOutput        EventType = "agent_stray_output"
	EventAgentUpdated            EventType = "agent_updated"
)

// Payload is an event's content: one of the types below, or UnknownPayload.
type Payload interface{ EventType() EventType }

type (
	// SharedSessionCreated is a session's first event.
	SharedSessionCreated struct {
		Session Session `json:"session"`
	}
	// SessionUpdated says that the session's mode is another.
	SessionUpdated struct {
		Session     Session     `json:"session"`
		Participant Participant `json:"participant"` // who changed it
	}
	// SessionClosed is a session's last event. Everybody has left with it.
	SessionClosed struct {
		Status SessionStatus `json:"status"` // closed or expired
	}
	// ParticipantJoined says that somebody came, or came back.
	ParticipantJoined struct {
		Participant Participant `json:"participant"`
	}
	// ParticipantUpdated says that somebody's role is another.
	ParticipantUpdated struct {
		Participant Participant `json:"participant"`
	}
	// ParticipantLeft says that somebody left or was removed.
	ParticipantLeft struct {
		Participant Participant `json:"participant"`
		RemovedBy   *string     `json:"removedBy,omitempty"` // the host's participant id
		Reason      *string     `json:"reason,omitempty"`
	}
	// InviteRotated says that the former invite is no longer good.
	InviteRotated struct {
		Participant Participant `json:"participant"` // who rotated it
	}
	// MessageCreated is something that somebody said.
	MessageCreated struct {
		Message     Message     `json:"message"`
		Participant Participant `json:"participant"` // the author
	}
	// PromptPendingApproval is a prompt that waits for the host.
	PromptPendingApproval struct {
		Approval    Approval    `json:"approval"`
		Participant Participant `json:"participant"` // the author
	}
	// PromptApproved is a prompt on its way to the agent.
	PromptApproved struct {
		Approval    Approval    `json:"approval"`
		Participant Participant `json:"participant"` // who approved it
	}
	// PromptRejected is a prompt that the agent will not see.
	PromptRejected struct {
		Approval    Approval    `json:"approval"`
		Participant Participant `json:"participant"` // who rejected it
	}
	// PromptQueued says that an approved prompt waits for other turns.
	PromptQueued struct {
		ApprovalID string `json:"approvalId"`
		Ahead      int    `json:"ahead"` // turns before it, the running one included
	}
	// PromptCancelled says that a queued prompt or the running turn was
	// cancelled. PromptDispatchFailed follows when that is done.
	PromptCancelled struct {
		ApprovalID  string      `json:"approvalId"`
		Participant Participant `json:"participant"` // who cancelled it
	}
	// PromptDispatchStarted says that the agent has the prompt.
	PromptDispatchStarted struct {
		ApprovalID string `json:"approvalId"`
	}
	// PromptDispatchCompleted says that the turn has ended.
	PromptDispatchCompleted struct {
		ApprovalID string `json:"approvalId"`
		StopReason string `json:"stopReason,omitempty"` // the agent's word
	}
	// PromptDispatchFailed says that the turn ended badly or never began.
	PromptDispatchFailed struct {
		ApprovalID string `json:"approvalId"`
		Error      string `json:"error"`
		// Code is AGENT_AUTH_REQUIRED, AGENT_FAILED, AGENT_NOT_FOUND or another code
		// for an agent that could not be started or refused the prompt.
		Code Code `json:"code,omitempty"`
	}
	// HostSessionUpdate is a notification of the agent.
	HostSessionUpdate struct {
		Notification json.RawMessage `json:"notification"`
	}
	// PermissionRequested is a question of the agent.
	PermissionRequested struct {
		Permission
	}
	// PermissionResolved says how a question of the agent was answered.
	PermissionResolved struct {
		RequestID   string            `json:"requestId"`
		OptionID    *string           `json:"optionId"` // null unless Outcome is selected
		Outcome     PermissionOutcome `json:"outcome"`
		Source      PermissionSource  `json:"source"`
		Participant *Participant      `json:"participant"` // who answered; null unless Source is participant
	}
	// PermissionWithdrawn says that a question no longer needs an answer.
	PermissionWithdrawn struct {
		RequestID string `json:"requestId"`
	}
	// AgentStatusChanged says how the agent is.
	AgentStatusChanged struct {
		Status     AgentStatus `json:"status"`
		ExitCode   *int        `json:"exitCode,omitempty"`
		StderrTail *string     `json:"stderrTail,omitempty"`
		// Detail is a line for people: what the agent that starts is waiting for, or
		// why one could not be started.
		Detail string `json:"detail,omitempty"`
		// StartedAt is when the start began, of one that goes on.
		StartedAt *time.Time `json:"startedAt,omitempty"`
		// SilentSince is when the agent last said something, of one that has been
		// silent for long in a turn.
		SilentSince *time.Time `json:"silentSince,omitempty"`
	}
	// AgentSession says on which of its sessions an agent goes on that was started
	// again after it had had a turn.
	AgentSession struct {
		Continued AgentContinuation `json:"continued"`
		Reason    string            `json:"reason,omitempty"` // why the session is a new one
	}
	// AgentStrayOutput says that the agent writes lines to its standard output that
	// are no messages. They are in the server's log alone. It comes once in a turn
	// and once outside of turns.
	AgentStrayOutput struct {
		ApprovalID *string `json:"approvalId"` // of the turn; null outside of turns
	}
	// AgentUpdated says what is known of the agent now: the members that are
	// there replace what was known, the others stay.
	AgentUpdated struct {
		AgentFacts
	}
	// UnknownPayload is the payload of an event that this version does not
	// know. Clients keep it and show what they can.
	UnknownPayload struct {
		Type EventType
		Raw  json.RawMessage
	}
)

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
	SourcePolicy      PermissionSource = "policy"  // the host session's own setting
	SourceTimeout     PermissionSource = "timeout" // nobody answered
	SourceCancel      PermissionSource = "cancel"  // the turn was cancelled
)

func (*SharedSessionCreated) EventType() EventType    { return EventSharedSessionCreated }
func (*SessionUpdated) EventType() EventType          { return EventSessionUpdated }
func (*SessionClosed) EventType() EventType           { return EventSessionClosed }
func (*ParticipantJoined) EventType() EventType       { return EventParticipantJoined }
func (*ParticipantUpdated) EventType() EventType      { return EventParticipantUpdated }
func (*ParticipantLeft) EventType() EventType         { return EventParticipantLeft }
func (*InviteRotated) EventType() EventType           { return EventInviteRotated }
func (*MessageCreated) EventType() EventType          { return EventMessageCreated }
func (*PromptPendingApproval) EventType() EventType   { return EventPromptPendingApproval }
func (*PromptApproved) EventType() EventType          { return EventPromptApproved }
func (*PromptRejected) EventType() EventType          { return EventPromptRejected }
func (*PromptQueued) EventType() EventType            { return EventPromptQueued }
func (*PromptCancelled) EventType() EventType         { return EventPromptCancelled }
func (*PromptDispatchStarted) EventType() EventType   { return EventPromptDispatchStarted }
func (*PromptDispatchCompleted) EventType() EventType { return EventPromptDispatchCompleted }
func (*PromptDispatchFailed) EventType() EventType    { return EventPromptDispatchFailed }
func (*HostSessionUpdate) EventType() EventType       { return EventHostSessionUpdate }
func (*PermissionRequested) EventType() EventType     { return EventPermissionRequested }
func (*PermissionResolved) EventType() EventType      { return EventPermissionResolved }
func (*PermissionWithdrawn) EventType() EventType     { return EventPermissionWithdrawn }
func (*AgentStatusChanged) EventType() EventType      { return EventAgentStatus }
func (*AgentSession) EventType() EventType            { return EventAgentSession }
func (*AgentStrayOutput) EventType() EventType        { return EventAgentStrayOutput }
func (*AgentUpdated) EventType() EventType            { return EventAgentUpdated }

// Same reports whether both say the same of an agent that runs: the process's
// end and the start's beginning do not count.
func (p AgentStatusChanged) Same(other AgentStatusChanged) bool {
	silent := p.SilentSince == nil && other.SilentSince == nil ||
		p.SilentSince != nil && other.SilentSince != nil && p.SilentSince.Equal(*other.SilentSince)
	return p.Status == other.Status && p.Detail == other.Detail && silent
}

// EventType returns the type that came over the wire.
func (p *UnknownPayload) EventType() EventType { return p.Type }

// MarshalJSON returns the payload as it came; one that was left out is null.
func (p *UnknownPayload) MarshalJSON() ([]byte, error) { return orNull(p.Raw), nil }

// MarshalPayload writes an event's payload. What the agent wrote stays byte
// for byte, which the encoder would compact, and nothing is escaped for HTML.
func MarshalPayload(p Payload) ([]byte, error) {
	switch p := p.(type) {
	case *HostSessionUpdate:
		return slices.Concat([]byte(`{"notification":`), orNull(p.Notification), []byte{'}'}), nil
	case *PermissionRequested:
		id, err := Marshal(p.RequestID)
		return slices.Concat([]byte(`{"requestId":`), id, []byte(`,"toolCall":`), orNull(p.ToolCall),
			[]byte(`,"options":`), orNull(p.Options), []byte{'}'}), err
	case *UnknownPayload:
		return orNull(p.Raw), nil
	}
	return Marshal(p)
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

var payloads = map[EventType]func() Payload{
	EventSharedSessionCreated:    func() Payload { return new(SharedSessionCreated) },
	EventSessionUpdated:          func() Payload { return new(SessionUpdated) },
	EventSessionClosed:           func() Payload { return new(SessionClosed) },
	EventParticipantJoined:       func() Payload { return new(ParticipantJoined) },
	EventParticipantUpdated:      func() Payload { return new(ParticipantUpdated) },
	EventParticipantLeft:         func() Payload { return new(ParticipantLeft) },
	EventInviteRotated:           func() Payload { return new(InviteRotated) },
	EventMessageCreated:          func() Payload { return new(MessageCreated) },
	EventPromptPendingApproval:   func() Payload { return new(PromptPendingApproval) },
	EventPromptApproved:          func() Payload { return new(PromptApproved) },
	EventPromptRejected:          func() Payload { return new(PromptRejected) },
	EventPromptQueued:            func() Payload { return new(PromptQueued) },
	EventPromptCancelled:         func() Payload { return new(PromptCancelled) },
	EventPromptDispatchStarted:   func() Payload { return new(PromptDispatchStarted) },
	EventPromptDispatchCompleted: func() Payload { return new(PromptDispatchCompleted) },
	EventPromptDispatchFailed:    func() Payload { return new(PromptDispatchFailed) },
	EventHostSessionUpdate:       func() Payload { return new(HostSessionUpdate) },
	EventPermissionRequested:     func() Payload { return new(PermissionRequested) },
	EventPermissionResolved:      func() Payload { return new(PermissionResolved) },
	EventPermissionWithdrawn:     func() Payload { return new(PermissionWithdrawn) },
	EventAgentStatus:             func() Payload { return new(AgentStatusChanged) },
	EventAgentSession:            func() Payload { return new(AgentSession) },
	EventAgentStrayOutput:        func() Payload { return new(AgentStrayOutput) },
	EventAgentUpdated:            func() Payload { return new(AgentUpdated) },
}

// DecodePayload reads the payload of an event of type t. One of a type that is
// not known becomes an UnknownPayload. The result shares nothing with raw.
func DecodePayload(t EventType, raw []byte) (Payload, error) {
	newPayload, known := payloads[t]
	if !known {
		return &UnknownPayload{Type: t, Raw: bytes.Clone(raw)}, nil
	}
	p := newPayload()
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, err
	}
	return p, nil
}

// UnmarshalJSON reads an event and its payload by its type.
func (e *Event) UnmarshalJSON(data []byte) error {
	type plain Event
	wire := struct {
		*plain
		Payload json.RawMessage `json:"payload"`
	}{plain: (*plain)(e)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	var err error
	e.Payload, err = DecodePayload(e.Type, wire.Payload)
	return err
}

// EncodeEvent writes an event as clients see it, around a payload that is
// taken byte for byte: marshalling would compact and escape what the agent
// wrote.
func EncodeEvent(t EventType, c Cursor, sharedSessionID string, at time.Time, payload []byte) []byte {
	b := make([]byte, 0, len(payload)+192)
	b = append(b, `{"type":"`...)
	b = append(b, t...)
	b = append(b, `","cursor":"`...)
	b = append(b, c.String()...)
	b = append(b, `","sharedSessionId":"`...)
	b = append(b, sharedSessionID...)
	b = append(b, `","timestamp":"`...)
	b = at.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","payload":`...)
	b = append(b, payload...)
	return append(b, '}')
}
