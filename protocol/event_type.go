package protocol

// EventType names a type of event.
type EventType string

// The types of events.
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
