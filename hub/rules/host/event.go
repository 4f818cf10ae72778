package host

import (
	"encoding/json"
	"time"

	"parley/hub/rules"
	"parley/hub/rules/host/calls"
	"parley/hub/rules/host/options"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// The events of a host session's stream, in addition to those of the protocol for
// permission requests, facts and stray output, and to those of turns and options. No client receives them. Their JSON is
// stored.
type (
	createdEvent struct {
		Session protocol.HostSession `json:"session"`
		Cwd     string               `json:"cwd,omitempty"`
		Adopt   string               `json:"adopt,omitempty"` // the agent's session that is continued
		Fork    string               `json:"fork,omitempty"`  // the agent's session that is forked
		// Withheld says that shared sessions do not receive the conversation that is forked.
		Withheld bool   `json:"withheld,omitempty"`
		Request  string `json:"request,omitempty"` // the digest of a creation with a command id

		Connector *rules.ConnectorSeat `json:"connector,omitempty"` // runs the agent; nil if the server does
	}
	deletedEvent struct {
		NeverRan bool `json:"neverRan,omitempty"` // the agent could not be started
	}
	// agentStatusEvent holds the agent's new status: starting, idle once it is ready,
	// ending once it was asked to end, or exited.
	agentStatusEvent struct {
		protocol.AgentStatusChanged
		Session     string        `json:"session,omitempty"` // the agent's own session id; set when it becomes ready
		CanLoad     bool          `json:"canLoad,omitempty"`
		Anew        bool          `json:"anew,omitempty"`        // the agent's session is a new one, without the earlier conversation
		Forgot      string        `json:"forgot,omitempty"`      // why it is a new one, if the agent has had a turn
		Replay      bool          `json:"replay,omitempty"`      // with starting: the adopted session is replayed
		IdleTimeout time.Duration `json:"idleTimeout,omitempty"` // set when the agent becomes ready
		Restart     string        `json:"restart,omitempty"`     // the id of a restart, with the status from which on it is carried out
		LoadError   string        `json:"loadError,omitempty"`   // why the earlier session cannot be loaded
		Run         uint64        `json:"run,omitempty"`         // with the start of a process: its number
		// Memory is what the agent's side knows of an agent that outlives the server; set when
		// it becomes ready.
		Memory json.RawMessage `json:"memory,omitempty"`
	}
	// occupiedEvent records that the first shared session has opened, vacatedEvent that
	// the last one has ended.
	occupiedEvent struct{}
	vacatedEvent  struct{}
	// idleAgentStoppedEvent records that the agent is stopped because no shared session is
	// open.
	idleAgentStoppedEvent struct{}
)

func (*createdEvent) EventType() protocol.EventType          { return "host_session_created" }
func (*deletedEvent) EventType() protocol.EventType          { return "host_session_deleted" }
func (*agentStatusEvent) EventType() protocol.EventType      { return "host_agent" }
func (*occupiedEvent) EventType() protocol.EventType         { return "host_occupied" }
func (*vacatedEvent) EventType() protocol.EventType          { return "host_vacated" }
func (*idleAgentStoppedEvent) EventType() protocol.EventType { return "agent_let_go" }
func (*agentSwitchedEvent) EventType() protocol.EventType    { return "profile_switched" }
func (*replayedEvent) EventType() protocol.EventType         { return "session_replayed" }
func (*recapWantedEvent) EventType() protocol.EventType      { return "recap_wanted" }
func (*recapReceivedEvent) EventType() protocol.EventType    { return "recap_received" }

// payloads holds a constructor for each event type above.
var payloads = map[protocol.EventType]func() protocol.Payload{
	"host_session_created": func() protocol.Payload { return new(createdEvent) },
	"connector_seated":     func() protocol.Payload { return new(connectorSeatedEvent) },
	"host_session_deleted": func() protocol.Payload { return new(deletedEvent) },
	"host_agent":           func() protocol.Payload { return new(agentStatusEvent) },
	"turn_queued":          func() protocol.Payload { return new(turns.QueuedEvent) },
	"turn_began":           func() protocol.Payload { return new(turns.StartedEvent) },
	"own_turn_began":       func() protocol.Payload { return new(turns.OwnBeganEvent) },
	"turn_cancelling":      func() protocol.Payload { return new(turns.CancellingEvent) },
	"turn_stuck":           func() protocol.Payload { return new(turns.UnresponsiveEvent) },
	"turn_silent":          func() protocol.Payload { return new(turns.SilentEvent) },
	"turn_over":            func() protocol.Payload { return new(turns.EndedEvent) },
	"turns_ordered":        func() protocol.Payload { return new(turns.OrderedEvent) },
	"abandoned_turn_over":  func() protocol.Payload { return new(turns.AbandonedEndedEvent) },
	"turn_confirmed":       func() protocol.Payload { return new(turns.ConfirmedEvent) },
	"host_occupied":        func() protocol.Payload { return new(occupiedEvent) },
	"host_vacated":         func() protocol.Payload { return new(vacatedEvent) },
	"agent_let_go":         func() protocol.Payload { return new(idleAgentStoppedEvent) },
	"options_preset":       func() protocol.Payload { return new(options.PresetEvent) },
	"option_changing":      func() protocol.Payload { return new(options.BeganEvent) },
	"option_changed":       func() protocol.Payload { return new(options.EndedEvent) },
	"profile_switched":     func() protocol.Payload { return new(agentSwitchedEvent) },
	"session_replayed":     func() protocol.Payload { return new(replayedEvent) },
	"recap_wanted":         func() protocol.Payload { return new(recapWantedEvent) },
	"recap_received":       func() protocol.Payload { return new(recapReceivedEvent) },
	"agent_called":         func() protocol.Payload { return new(calls.CalledEvent) },
	"frame_sent":           func() protocol.Payload { return new(calls.SentEvent) },
	"connector_resumed":    func() protocol.Payload { return new(calls.ResumedEvent) },
	"agent_remembers":      func() protocol.Payload { return new(rememberedEvent) },
	"agent_suspended":      func() protocol.Payload { return new(suspendedEvent) },
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
