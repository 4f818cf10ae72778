package hub

import (
	"context"

	"parley/hub/rules"
)

// Launcher starts agents. An implementation is safe for concurrent use.
type Launcher interface {
	// Profiles lists what can be started, in the order of the configuration.
	Profiles() []Profile
	// Launch starts an agent and opens a session on it. It blocks until the
	// agent is ready for a prompt, has failed, or ctx ends. What the agent says,
	// before Launch returns too, goes to sink in wire order, one event at a time;
	// sink may block, and the agent is not read further meanwhile. AgentExited
	// is the last event, sent exactly once if Launch returned an Agent and
	// never if it returned an error.
	Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (Agent, error)
}

// Profile is an agent that the operator has configured.
type Profile struct {
	Name        string
	Description string
}

// Agent is one running agent session. Its methods, but for Stop, hand over to
// the agent's writer and return at once; they are safe for concurrent use and
// do nothing once the agent has exited.
type Agent interface {
	// SessionID is the agent's own id of the session.
	SessionID() string
	// CanLoad reports whether the agent said that it can load the session again
	// in a later process.
	CanLoad() bool
	// LoadError says why the earlier session was not loaded and a new one is open
	// in its place; nil when it was loaded, and when none was asked for.
	LoadError() error
	// Prompt begins a turn; AgentTurnEnded with the same turn ends it. The
	// caller keeps to one turn at a time.
	Prompt(p rules.AgentPrompt)
	// Respond answers a permission request with one of its options, or as
	// cancelled when optionID is empty.
	Respond(requestID, optionID string)
	// Cancel asks the agent to end the running turn.
	Cancel()
	// Stop ends the agent and everything that it started, and waits for that;
	// when ctx ends, it goes on at the harshest step.
	Stop(ctx context.Context) error
}
