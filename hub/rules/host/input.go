package host

import (
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
		CommandID string // empty for none
		Refusal   error  // why no agent can be started now; nil if one can
	}
	// Read asks for the host session as clients see it.
	Read struct{}
	// Cancel ends the running turn.
	Cancel struct{}
	// Delete ends the agent and the session.
	Delete struct{}
)

// Inputs from the agent. The first two are the outcome of LaunchAgent.
type (
	// Launched reports that the agent is ready.
	Launched struct {
		SessionID string // the agent's own
		CanLoad   bool   // a later process can load the session
		LoadError error  // why the earlier session was not loaded
	}
	// LaunchFailed reports that the agent could not be started.
	LaunchFailed struct{ Err error }
	// AgentReported carries a message of the running agent, or its exit.
	AgentReported struct{ Event rules.AgentEvent }
	// AgentSilent reports that the agent has sent nothing since a time.
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
	// AnswerAgent answers a permission request; as cancelled without an option.
	AnswerAgent struct{ RequestID, OptionID string }
	// CancelAgent asks the agent to end the running turn.
	CancelAgent struct{}
	// EndAgent ends the agent, or its start.
	EndAgent struct{}
)

func (Create) IsBody()        {}
func (Read) IsBody()          {}
func (Cancel) IsBody()        {}
func (Delete) IsBody()        {}
func (Launched) IsBody()      {}
func (LaunchFailed) IsBody()  {}
func (AgentReported) IsBody() {}
func (AgentSilent) IsBody()   {}

func (Broadcast) IsEffect()    {}
func (AttachShared) IsEffect() {}
func (DetachShared) IsEffect() {}
func (LaunchAgent) IsEffect()  {}
func (PromptAgent) IsEffect()  {}
func (AnswerAgent) IsEffect()  {}
func (CancelAgent) IsEffect()  {}
func (EndAgent) IsEffect()     {}
