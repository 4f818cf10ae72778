package hub

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Inputs from clients.
type (
	// createHost asks for a new host session.
	createHost struct {
		body      *protocol.CreateHostSession
		commandID string // empty for none
		refusal   error  // why no agent can be started now; nil if one can
	}
	// readHost asks for the host session as clients see it.
	readHost struct{}
	// cancelHost ends the running turn.
	cancelHost struct{}
	// deleteHost ends the agent and the session.
	deleteHost struct{}
)

// Inputs from the agent. The first two are the outcome of launchAgent.
type (
	// launched reports that the agent is ready.
	launched struct {
		sessionID string // the agent's own
		canLoad   bool   // a later process can load the session
		loadError error  // why the earlier session was not loaded
	}
	// launchFailed reports that the agent could not be started.
	launchFailed struct{ err error }
	// agentSays carries a message of the running agent, or its exit.
	agentSays struct{ event AgentEvent }
	// agentSilent reports that the agent has sent nothing since a time.
	agentSilent struct{ since time.Time }
)

// Effects on the shared sessions.
type (
	// tellOpen sends a message to every shared session that is open on this one.
	tellOpen struct{ message any }
	// openShared adds a shared session to those that tellOpen reaches.
	openShared struct{ shared journal.SessionID }
	// closeShared removes a shared session from those that tellOpen reaches.
	closeShared struct{ shared journal.SessionID }
)

// Effects on the agent.
type (
	// launchAgent starts an agent.
	launchAgent struct{ spec LaunchSpec }
	// promptAgent sends a prompt.
	promptAgent struct{ prompt AgentPrompt }
	// answerAgent answers a permission request; as cancelled without an option.
	answerAgent struct{ requestID, optionID string }
	// cancelAgent asks the agent to end the running turn.
	cancelAgent struct{}
	// endAgent ends the agent, or its start.
	endAgent struct{}
)
