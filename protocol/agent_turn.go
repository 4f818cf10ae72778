package protocol

import (
	"strings"
	"time"
)

// AgentTurn is a turn that the agent began without a prompt. Server to client, in an
// [Agent].
type AgentTurn struct {
	StartedAt time.Time `json:"startedAt"`
	Cancelled bool      `json:"cancelled,omitempty"` // a participant has cancelled it, and it has not ended
}

// Payloads about turns that the agent began without a prompt.
type (
	// AgentTurnStarted says that the agent began to work without a prompt. Prompts wait
	// until it has ended. Server to client.
	AgentTurnStarted struct{}
	// AgentTurnCancelled says that a participant cancelled the agent's turn.
	// AgentTurnEnded follows. Server to client.
	AgentTurnCancelled struct {
		Participant Participant `json:"participant"` // who cancelled it
	}
	// AgentTurnEnded says that the agent's turn has ended. Server to client.
	AgentTurnEnded struct {
		StopReason string `json:"stopReason,omitempty"` // as the agent names it
		Error      string `json:"error,omitempty"`      // why it ended, if the agent did not end it in order
	}
)

// StopWork asks the agent to stop one tool call or one terminal that offers it, in its
// capabilities. Exactly one of the ids is set. The answer has an empty payload and says
// that the agent was asked; it is NOTHING_TO_CANCEL if the agent does not offer to stop
// that, or knows nothing by that id. The agent's own update shows that the work has stopped;
// [AgentStopRefused] follows if the agent refuses. Client to server.
type StopWork struct {
	ToolCallID string `json:"toolCallId,omitzero"`
	TerminalID string `json:"terminalId,omitzero"`
}

// Payloads about tool calls and terminals that participants stop.
type (
	// AgentStopRequested says that a participant stops a tool call or a terminal. Server to
	// client.
	AgentStopRequested struct {
		ToolCallID  string      `json:"toolCallId,omitempty"`
		TerminalID  string      `json:"terminalId,omitempty"`
		Participant Participant `json:"participant"` // who stops it
	}
	// AgentStopRefused says that the work goes on. Server to client.
	AgentStopRefused struct {
		ToolCallID string `json:"toolCallId,omitempty"`
		TerminalID string `json:"terminalId,omitempty"`
		Reason     string `json:"reason"` // the agent's own, if it has answered
	}
)

// CommandType implements [Command].
func (*StopWork) CommandType() CommandType { return CommandStopWork }

// maxWorkID is the length in bytes of the longest id of a tool call or terminal that can
// be stopped.
const maxWorkID = 1024

// Normalize implements [Command].
func (c *StopWork) Normalize(Limits) error {
	if (c.ToolCallID == "") == (c.TerminalID == "") {
		return Errorf(CodeInvalidRequest, "exactly one of toolCallId and terminalId is needed")
	}
	if len(c.ToolCallID) > maxWorkID || len(c.TerminalID) > maxWorkID {
		return Errorf(CodeInvalidRequest, "the id has more than %d bytes", maxWorkID)
	}
	return nil
}

// EventType implements [Payload].
func (*AgentTurnStarted) EventType() EventType { return EventAgentTurnStarted }

// EventType implements [Payload].
func (*AgentTurnCancelled) EventType() EventType { return EventAgentTurnCancelled }

// EventType implements [Payload].
func (*AgentTurnEnded) EventType() EventType { return EventAgentTurnEnded }

// EventType implements [Payload].
func (*AgentStopRequested) EventType() EventType { return EventAgentStopRequested }

// EventType implements [Payload].
func (*AgentStopRefused) EventType() EventType { return EventAgentStopRefused }

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

// DirectoriesAnswer lists directories in which an agent may work, as absolute paths without
// symbolic links. Server to client, REST only.
type DirectoriesAnswer struct {
	Directories []string `json:"directories"` // those that match the query; hidden ones and those that git ignores come last
	Roots       []string `json:"roots"`       // the agent may work in these and what is inside them
	More        bool     `json:"more"`        // further directories may match
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
