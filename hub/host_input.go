package hub

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Inputs of a host session from outside.
type (
	createHost struct {
		body      *protocol.CreateHostSession
		commandID string // empty for none
		refusal   error  // why no agent can be started now; nil if one can
	}
	readHost   struct{}
	cancelHost struct{}
	deleteHost struct{}
	// launched and launchFailed are the outcome of launchAgent.
	launched struct {
		sessionID string
		canLoad   bool
		loadError error // why the earlier session was not loaded
	}
	launchFailed struct{ err error }
	// agentSilent says that the agent has said nothing since then.
	agentSilent struct{ since time.Time }
	// agentSays is what the running agent says.
	agentSays struct{ event AgentEvent }
)

// Effects of a host session.
type (
	// tellOpen sends a message to every shared session that is open here.
	tellOpen    struct{ message any }
	openShared  struct{ shared journal.SessionID }
	closeShared struct{ shared journal.SessionID }
	launchAgent struct{ spec LaunchSpec }
	promptAgent struct{ prompt AgentPrompt }
	answerAgent struct{ requestID, optionID string }
	cancelAgent struct{}
	endAgent    struct{}
)
