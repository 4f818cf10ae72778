package host

import (
	"encoding/json"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Inputs from clients.
type (
	// Create asks for a new host session.
	Create struct {
		Body      *protocol.CreateHostSession
		CommandID string   // empty for none
		Origin    Origin   // what Body.Fork names
		Profiles  []string // the agents that its creator could choose
		Refusal   error    // the error if no agent can be started now; nil if one can
		Owner     *protocol.Owner

		Connector *rules.ConnectorSeat // the process of the connector that runs the agent; nil if the server does
	}
	// ReadOrigin asks for what a fork of the host session begins with. The answer is an
	// [Origin].
	ReadOrigin struct {
		Ahead bool // the fork is not made now, so that a turn may run
	}
	// Read asks for the host session in the form that clients receive.
	Read struct{}
	// Cancel ends the running turn.
	Cancel struct{}
	// Delete ends the agent and the session.
	Delete struct {
		AgentSession bool // the agent deletes its own session, too
	}
)

// Inputs from the agent. Launched and LaunchFailed are the outcomes of [LaunchAgent].
type (
	// Launched reports that the agent is ready.
	Launched struct {
		SessionID   string // the agent's own session id
		CanLoad     bool   // whether a later process can open the session again
		Continued   protocol.AgentContinuation
		Memory      json.RawMessage       // what the agent's side knows of an agent that outlives the server; nil for any other agent
		IdleTimeout time.Duration         // without use, after which the agent is put to sleep; 0 for never
		Defaults    []rules.OptionDefault // the options that the configuration sets when a session begins
		LoadError   error                 // why the earlier session was not opened; nil if it was, or was not asked for
	}
	// LaunchFailed reports that the agent could not be started.
	LaunchFailed struct{ Err error }
	// AgentReported carries a message of the running agent, or its exit.
	AgentReported struct{ Event rules.AgentEvent }
	// StopAsked is the outcome of [StopWork]. Err is nil if the agent was asked.
	StopAsked struct {
		Stop rules.StopWork
		Err  *protocol.Error
	}
	// AgentSilent reports that the agent has sent nothing since a time, which is at least
	// [rules.Settings.SilenceAfter] ago.
	AgentSilent struct{ Since time.Time }
)

// Effects on the shared sessions.
type (
	// Broadcast sends a message to every shared session that is open on this one.
	Broadcast struct{ Message rules.Message }
	// AttachShared adds a shared session to those that Broadcast reaches.
	AttachShared struct{ Shared journal.SessionID }
	// DetachShared removes a shared session from those that Broadcast reaches.
	DetachShared struct{ Shared journal.SessionID }
)

// Effects on the agent.
type (
	// LaunchAgent starts an agent.
	LaunchAgent struct{ Spec rules.LaunchSpec }
	// PromptAgent sends a prompt.
	PromptAgent struct{ Prompt rules.AgentPrompt }
	// AnswerAgent answers a permission request. Without an option the answer is cancelled.
	// RPC is the agent's id of it if the agent outlives the server.
	AnswerAgent struct{ RequestID, RPC, OptionID string }
	// AnswerElicitation answers an elicitation. No event holds what it contains.
	AnswerElicitation struct {
		RequestID string
		RPC       string // as in AnswerAgent
		Reply     rules.ElicitationReply
	}
	// ConfigureAgent sets an option. The agent answers with [rules.AgentConfigured].
	ConfigureAgent struct {
		RequestID string
		OptionID  string
		Value     json.RawMessage // a string or a boolean; nil to sign in
		SignIn    bool            // sign in, in the way whose id is OptionID
	}
	// CancelAgent asks the agent to end the running turn.
	CancelAgent struct{}
	// StopWork asks the agent to stop a tool call or a terminal. [StopAsked] is the outcome;
	// after that, [rules.AgentStopRefused] reports that the agent refuses.
	StopWork struct{ Stop rules.StopWork }
	// EndAgent ends the agent, or the start that has begun.
	EndAgent struct {
		DeleteSession bool // the agent deletes its own session first
	}
)

// IsBody implements [rules.Body].
func (Create) IsBody() {}

// IsBody implements [rules.Body].
func (ReadOrigin) IsBody() {}

// IsBody implements [rules.Body].
func (Read) IsBody() {}

// IsBody implements [rules.Body].
func (Cancel) IsBody() {}

// IsBody implements [rules.Body].
func (Delete) IsBody() {}

// IsBody implements [rules.Body].
func (Launched) IsBody() {}

// IsBody implements [rules.Body].
func (LaunchFailed) IsBody() {}

// IsBody implements [rules.Body].
func (AgentReported) IsBody() {}

// IsBody implements [rules.Body].
func (StopAsked) IsBody() {}

// IsBody implements [rules.Body].
func (AgentSilent) IsBody() {}

// IsEffect implements [rules.Effect].
func (Broadcast) IsEffect() {}

// IsEffect implements [rules.Effect].
func (AttachShared) IsEffect() {}

// IsEffect implements [rules.Effect].
func (DetachShared) IsEffect() {}

// IsEffect implements [rules.Effect].
func (LaunchAgent) IsEffect() {}

// IsEffect implements [rules.Effect].
func (PromptAgent) IsEffect() {}

// IsEffect implements [rules.Effect].
func (AnswerAgent) IsEffect() {}

// IsEffect implements [rules.Effect].
func (AnswerElicitation) IsEffect() {}

// IsEffect implements [rules.Effect].
func (CancelAgent) IsEffect() {}

// IsEffect implements [rules.Effect].
func (StopWork) IsEffect() {}

// IsEffect implements [rules.Effect].
func (EndAgent) IsEffect() {}

// IsEffect implements [rules.Effect].
func (ConfigureAgent) IsEffect() {}
