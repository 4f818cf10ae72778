package protocol

import "strings"

// Commands that act on the agent's process. Their answers have an empty payload and say
// that the server has begun to carry them out.
type (
	// RestartAgent ends the agent's process, if there is one, and starts it again. The
	// running turn fails; prompts that wait are kept. Client to server.
	RestartAgent struct{}
	// SwitchAgent continues the session with another agent, which is given a recap of the
	// conversation. Client to server.
	SwitchAgent struct {
		Agent string `json:"agent"` // one of AgentFacts.Profiles
	}
)

// Payloads about the agent's process.
type (
	// AgentRestarting says that a participant restarts the agent. Server to client.
	AgentRestarting struct {
		Participant Participant `json:"participant"`
	}
	// AgentSwitched says that a participant continues with another agent. Server to client.
	AgentSwitched struct {
		From        string      `json:"from"` // the agent so far
		To          string      `json:"to"`   // the agent that is started instead
		Participant Participant `json:"participant"`
	}
)

// AgentSessionsAnswer lists sessions that an agent has already, in its order. Server to
// client, REST only.
type AgentSessionsAnswer struct {
	Sessions []ListedSession `json:"sessions"`
	More     bool            `json:"more"` // the agent has further sessions
}

// ListedSession is a session that an agent has already. Server to client, REST only.
type ListedSession struct {
	SessionID string  `json:"sessionId"` // the agent's own
	Cwd       string  `json:"cwd"`       // its working directory
	Title     string  `json:"title"`     // the agent's own; may be empty
	UpdatedAt *string `json:"updatedAt"` // as the agent writes it; null if unknown
}

// CommandType implements [Command].
func (*RestartAgent) CommandType() CommandType { return CommandRestartAgent }

// CommandType implements [Command].
func (*SwitchAgent) CommandType() CommandType { return CommandSwitchAgent }

// Normalize implements [Command].
func (*RestartAgent) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (c *SwitchAgent) Normalize(Limits) error {
	if c.Agent = strings.TrimSpace(c.Agent); c.Agent == "" {
		return Errorf(CodeInvalidRequest, "agent is missing or blank")
	}
	return checkName("agent", c.Agent)
}

// EventType implements [Payload].
func (*AgentRestarting) EventType() EventType { return EventAgentRestarting }

// EventType implements [Payload].
func (*AgentSwitched) EventType() EventType { return EventAgentSwitched }
