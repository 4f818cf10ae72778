package turns

import (
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// Events about turns, which a host session's stream holds. No client receives them. Their
// JSON is stored.
type (
	// QueuedEvent records a turn that waits.
	QueuedEvent struct{ Turn rules.Turn }
	// StartedEvent records that a waiting turn runs.
	StartedEvent struct{ Approval string }
	// OwnBeganEvent records that the agent works without a prompt.
	OwnBeganEvent struct{}
	// OrderedEvent holds the new order of the queue, by the ids of the approvals.
	OrderedEvent struct{ Order []string }
	// CancellingEvent records that the agent was asked to end the running turn.
	CancellingEvent struct {
		Approval string
		Failure  string
		By       *protocol.Participant `json:",omitempty"` // who cancelled it; nil if its shared session knows
	}
	// UnresponsiveEvent records that a turn did not end in time after it was cancelled.
	UnresponsiveEvent struct{ Approval string }
	// SilentEvent holds since when the agent has been silent; nil if it no longer is.
	SilentEvent struct {
		Approval string
		Since    *time.Time
	}
	// EndedEvent records the end of a running or waiting turn.
	EndedEvent struct {
		Approval   string
		StopReason string
		Failure    string
		Code       protocol.Code         `json:",omitempty"` // of the failure; empty for one without
		By         *protocol.Participant `json:",omitempty"` // who cancelled it; nil if its shared session knows
		Edit       *rules.TurnEdit       `json:",omitempty"` // ended it before it began
		Abandoned  bool                  `json:",omitempty"` // the agent still works on it, or may do so
	}
	// AbandonedEndedEvent records that the agent does not work on the abandoned turn any more.
	AbandonedEndedEvent struct{}
	// ConfirmedEvent records that the shared session knows of the end of a turn.
	ConfirmedEvent struct{ Approval string }
)

// EventType implements [protocol.Payload].
func (*AbandonedEndedEvent) EventType() protocol.EventType { return "abandoned_turn_over" }

// EventType implements [protocol.Payload].
func (*QueuedEvent) EventType() protocol.EventType { return "turn_queued" }

// EventType implements [protocol.Payload].
func (*StartedEvent) EventType() protocol.EventType { return "turn_began" }

// EventType implements [protocol.Payload].
func (*OwnBeganEvent) EventType() protocol.EventType { return "own_turn_began" }

// EventType implements [protocol.Payload].
func (*OrderedEvent) EventType() protocol.EventType { return "turns_ordered" }

// EventType implements [protocol.Payload].
func (*CancellingEvent) EventType() protocol.EventType { return "turn_cancelling" }

// EventType implements [protocol.Payload].
func (*UnresponsiveEvent) EventType() protocol.EventType { return "turn_stuck" }

// EventType implements [protocol.Payload].
func (*SilentEvent) EventType() protocol.EventType { return "turn_silent" }

// EventType implements [protocol.Payload].
func (*EndedEvent) EventType() protocol.EventType { return "turn_over" }

// EventType implements [protocol.Payload].
func (*ConfirmedEvent) EventType() protocol.EventType { return "turn_confirmed" }
