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
	EventQueueChanged            EventType = "queue_changed"
	EventPromptDispatchStarted   EventType = "prompt_dispatch_started"
	EventPromptDispatchCompleted EventType = "prompt_dispatch_completed"
	EventPromptDispatchFailed    EventType = "prompt_dispatch_failed"
	EventHostSessionUpdate       EventType = "host_session_update"
	EventPermissionRequested     EventType = "permission_requested"
	EventPermissionResolved      EventType = "permission_resolved"
	EventPermissionWithdrawn     EventType = "permission_withdrawn"
	EventElicitationRequested    EventType = "elicitation_requested"
	EventElicitationResolved     EventType = "elicitation_resolved"
	EventElicitationWithdrawn    EventType = "elicitation_withdrawn"
	EventElicitationCompleted    EventType = "elicitation_completed"
	EventElicitationRefused      EventType = "elicitation_refused"
	EventAgentStatus             EventType = "agent_status"
	EventAgentSession            EventType = "agent_session"
	EventAgentRestarting         EventType = "agent_restarting"
	EventAgentSwitched           EventType = "agent_switched"
	EventAgentStrayOutput        EventType = "agent_stray_output"
	EventAgentSlowed             EventType = "agent_slowed"
	EventAgentUpdated            EventType = "agent_updated"
	EventAgentConfiguring        EventType = "agent_configuring"
	EventAgentConfigured         EventType = "agent_configured"
	EventAgentConfigureFailed    EventType = "agent_configure_failed"
	EventAgentSigningIn          EventType = "agent_signing_in"
	EventAgentSignedIn           EventType = "agent_signed_in"
	EventAgentSignInFailed       EventType = "agent_sign_in_failed"
	EventAgentTurnStarted        EventType = "agent_turn_started"
	EventAgentTurnCancelled      EventType = "agent_turn_cancelled"
	EventAgentTurnEnded          EventType = "agent_turn_ended"
	EventAgentStopRequested      EventType = "agent_stop_requested"
	EventAgentStopRefused        EventType = "agent_stop_refused"
	EventFileReviewed            EventType = "file_reviewed"
)

// payloads make the payload of each event type.
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
	EventQueueChanged:            func() Payload { return new(QueueChanged) },
	EventPromptDispatchStarted:   func() Payload { return new(PromptDispatchStarted) },
	EventPromptDispatchCompleted: func() Payload { return new(PromptDispatchCompleted) },
	EventPromptDispatchFailed:    func() Payload { return new(PromptDispatchFailed) },
	EventHostSessionUpdate:       func() Payload { return new(HostSessionUpdate) },
	EventPermissionRequested:     func() Payload { return new(PermissionRequested) },
	EventPermissionResolved:      func() Payload { return new(PermissionResolved) },
	EventPermissionWithdrawn:     func() Payload { return new(PermissionWithdrawn) },
	EventElicitationRequested:    func() Payload { return new(ElicitationRequested) },
	EventElicitationResolved:     func() Payload { return new(ElicitationResolved) },
	EventElicitationWithdrawn:    func() Payload { return new(ElicitationWithdrawn) },
	EventElicitationCompleted:    func() Payload { return new(ElicitationCompleted) },
	EventElicitationRefused:      func() Payload { return new(ElicitationRefused) },
	EventAgentStatus:             func() Payload { return new(AgentStatusChanged) },
	EventAgentSession:            func() Payload { return new(AgentSession) },
	EventAgentRestarting:         func() Payload { return new(AgentRestarting) },
	EventAgentSwitched:           func() Payload { return new(AgentSwitched) },
	EventAgentStrayOutput:        func() Payload { return new(AgentStrayOutput) },
	EventAgentSlowed:             func() Payload { return new(AgentSlowed) },
	EventAgentUpdated:            func() Payload { return new(AgentUpdated) },
	EventAgentConfiguring:        func() Payload { return new(AgentConfiguring) },
	EventAgentConfigured:         func() Payload { return new(AgentConfigured) },
	EventAgentConfigureFailed:    func() Payload { return new(AgentConfigureFailed) },
	EventAgentSigningIn:          func() Payload { return new(AgentSigningIn) },
	EventAgentSignedIn:           func() Payload { return new(AgentSignedIn) },
	EventAgentSignInFailed:       func() Payload { return new(AgentSignInFailed) },
	EventAgentTurnStarted:        func() Payload { return new(AgentTurnStarted) },
	EventAgentTurnCancelled:      func() Payload { return new(AgentTurnCancelled) },
	EventAgentTurnEnded:          func() Payload { return new(AgentTurnEnded) },
	EventAgentStopRequested:      func() Payload { return new(AgentStopRequested) },
	EventAgentStopRefused:        func() Payload { return new(AgentStopRefused) },
	EventFileReviewed:            func() Payload { return new(FileReviewed) },
}

// EventType implements [Payload].
func (*SharedSessionCreated) EventType() EventType { return EventSharedSessionCreated }

// EventType implements [Payload].
func (*SessionUpdated) EventType() EventType { return EventSessionUpdated }

// EventType implements [Payload].
func (*SessionClosed) EventType() EventType { return EventSessionClosed }

// EventType implements [Payload].
func (*ParticipantJoined) EventType() EventType { return EventParticipantJoined }

// EventType implements [Payload].
func (*ParticipantUpdated) EventType() EventType { return EventParticipantUpdated }

// EventType implements [Payload].
func (*ParticipantLeft) EventType() EventType { return EventParticipantLeft }

// EventType implements [Payload].
func (*InviteRotated) EventType() EventType { return EventInviteRotated }

// EventType implements [Payload].
func (*MessageCreated) EventType() EventType { return EventMessageCreated }

// EventType implements [Payload].
func (*PromptPendingApproval) EventType() EventType { return EventPromptPendingApproval }

// EventType implements [Payload].
func (*PromptApproved) EventType() EventType { return EventPromptApproved }

// EventType implements [Payload].
func (*PromptRejected) EventType() EventType { return EventPromptRejected }

// EventType implements [Payload].
func (*PromptQueued) EventType() EventType { return EventPromptQueued }

// EventType implements [Payload].
func (*PromptCancelled) EventType() EventType { return EventPromptCancelled }

// EventType implements [Payload].
func (*PromptDispatchStarted) EventType() EventType { return EventPromptDispatchStarted }

// EventType implements [Payload].
func (*PromptDispatchCompleted) EventType() EventType { return EventPromptDispatchCompleted }

// EventType implements [Payload].
func (*PromptDispatchFailed) EventType() EventType { return EventPromptDispatchFailed }

// EventType implements [Payload].
func (*HostSessionUpdate) EventType() EventType { return EventHostSessionUpdate }

// EventType implements [Payload].
func (*PermissionRequested) EventType() EventType { return EventPermissionRequested }

// EventType implements [Payload].
func (*PermissionResolved) EventType() EventType { return EventPermissionResolved }

// EventType implements [Payload].
func (*PermissionWithdrawn) EventType() EventType { return EventPermissionWithdrawn }

// EventType implements [Payload].
func (*AgentStatusChanged) EventType() EventType { return EventAgentStatus }

// EventType implements [Payload].
func (*AgentSession) EventType() EventType { return EventAgentSession }

// EventType implements [Payload].
func (*AgentStrayOutput) EventType() EventType { return EventAgentStrayOutput }

// EventType implements [Payload].
func (*AgentSlowed) EventType() EventType { return EventAgentSlowed }

// EventType implements [Payload].
func (*AgentUpdated) EventType() EventType { return EventAgentUpdated }
