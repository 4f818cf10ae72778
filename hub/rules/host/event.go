package host

import (
	"encoding/json"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// The events of a host session's stream, beside those of the protocol for permission
// requests and facts. No client receives them. Their JSON is stored.
type (
	created struct {
		Session protocol.HostSession `json:"session"`
		Cwd     string               `json:"cwd,omitempty"`
		Request string               `json:"request,omitempty"` // the digest of a creation with a command id
	}
	deleted struct {
		NeverRan bool `json:"neverRan,omitempty"` // its agent could not be started
	}
	// agentStatus holds the agent's new status: starting, idle once it is ready, ending
	// once it was asked to end, or exited.
	agentStatus struct {
		protocol.AgentStatusChanged
		Session   string `json:"session,omitempty"` // the agent's own id, when it is ready
		CanLoad   bool   `json:"canLoad,omitempty"`
		Anew      bool   `json:"anew,omitempty"`      // Session is a new one, without the conversation so far
		LoadError string `json:"loadError,omitempty"` // why the earlier session cannot be loaded
	}
	turnQueuedEvent     struct{ Turn rules.Turn }
	turnBeganEvent      struct{ Approval string }
	turnCancellingEvent struct{ Approval, Failure string }
	turnStuckEvent      struct{ Approval string }
	// turnSilentEvent holds since when the agent has been silent; nil if it no longer is.
	turnSilentEvent struct {
		Approval string
		Since    *time.Time
	}
	turnOverEvent struct {
		Approval   string
		StopReason string
		Failure    string
		Code       protocol.Code `json:",omitempty"` // of the failure; empty for one without
	}
	turnConfirmedEvent struct{ Approval string }
	// occupied and vacated: the first shared session has opened, the last one
	// has ended.
	occupied struct{}
	vacated  struct{}
	// agentLetGoEvent: the agent is ended because no shared session is open.
	agentLetGoEvent struct{}
)

func (*created) EventType() protocol.EventType             { return "host_session_created" }
func (*deleted) EventType() protocol.EventType             { return "host_session_deleted" }
func (*agentStatus) EventType() protocol.EventType         { return "host_agent" }
func (*turnQueuedEvent) EventType() protocol.EventType     { return "turn_queued" }
func (*turnBeganEvent) EventType() protocol.EventType      { return "turn_began" }
func (*turnCancellingEvent) EventType() protocol.EventType { return "turn_cancelling" }
func (*turnStuckEvent) EventType() protocol.EventType      { return "turn_stuck" }
func (*turnSilentEvent) EventType() protocol.EventType     { return "turn_silent" }
func (*turnOverEvent) EventType() protocol.EventType       { return "turn_over" }
func (*turnConfirmedEvent) EventType() protocol.EventType  { return "turn_confirmed" }
func (*occupied) EventType() protocol.EventType            { return "host_occupied" }
func (*vacated) EventType() protocol.EventType             { return "host_vacated" }
func (*agentLetGoEvent) EventType() protocol.EventType     { return "agent_let_go" }

var payloads = map[protocol.EventType]func() protocol.Payload{
	"host_session_created": func() protocol.Payload { return new(created) },
	"host_session_deleted": func() protocol.Payload { return new(deleted) },
	"host_agent":           func() protocol.Payload { return new(agentStatus) },
	"turn_queued":          func() protocol.Payload { return new(turnQueuedEvent) },
	"turn_began":           func() protocol.Payload { return new(turnBeganEvent) },
	"turn_cancelling":      func() protocol.Payload { return new(turnCancellingEvent) },
	"turn_stuck":           func() protocol.Payload { return new(turnStuckEvent) },
	"turn_silent":          func() protocol.Payload { return new(turnSilentEvent) },
	"turn_over":            func() protocol.Payload { return new(turnOverEvent) },
	"turn_confirmed":       func() protocol.Payload { return new(turnConfirmedEvent) },
	"host_occupied":        func() protocol.Payload { return new(occupied) },
	"host_vacated":         func() protocol.Payload { return new(vacated) },
	"agent_let_go":         func() protocol.Payload { return new(agentLetGoEvent) },
}

// decodePayload decodes the payload of an event of the stream.
func decodePayload(t protocol.EventType, raw []byte) (protocol.Payload, error) {
	newPayload, known := payloads[t]
	if !known {
		return protocol.DecodePayload(t, raw)
	}
	p := newPayload()
	return p, json.Unmarshal(raw, p)
}
