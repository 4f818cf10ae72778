package hub

import (
	"context"
	"encoding/json"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Launcher starts agents. Its methods are safe for concurrent use.
type Launcher interface {
	// Profiles returns the agents that can be started: those of the configuration in its
	// order, then others.
	Profiles() []protocol.AgentProfile
	// Missing returns the agents that could be started if they were installed.
	Missing() []protocol.MissingAgent
	// Sessions starts an agent, asks it for the sessions that it has already, in the
	// working directory cwd unless that is empty, and ends it. Its errors are those of
	// Launch; an agent that does not list its sessions has failed.
	Sessions(ctx context.Context, profile, cwd string) (protocol.AgentSessionsAnswer, error)
	// Directories lists directories in which an agent may work, and which match a query.
	// Its errors are those of Launch that concern the profile and its directory, ctx's, and
	// errors that pass.
	Directories(ctx context.Context, profile, query string) (protocol.DirectoriesAnswer, error)
	// Launch starts an agent and opens a session on it. It blocks until the agent is
	// ready for a prompt, has failed, or ctx ends. The agent's messages, also those sent
	// before Launch returns, are passed to sink one at a time and in order. An agent that
	// asks for input while it starts sends [rules.AgentReachable] first. sink may block, and the agent is not read further meanwhile. [rules.AgentExited] is the
	// last event: it is sent exactly once if Launch returns an agent, and never if it
	// returns an error.
	Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (Agent, error)
}

// Survivor is an agent that may outlive this process, since a connector runs it.
type Survivor interface {
	Agent
	// Memory returns what [Restorer.Restore] needs to know of the agent; nil if the agent
	// does not outlive this process.
	Memory() json.RawMessage
	// Refuse answers a request of the agent with an error.
	Refuse(r rules.AgentRefusal)
	// Leave leaves the agent as it is: nothing is sent any more, and events count as not
	// received. wait waits until no event follows.
	Leave() (wait func())
}

// Restorer is a [Launcher] of agents that outlive this process.
type Restorer interface {
	// Restore continues with an agent that has run on. It does not wait for its connector.
	// The events are those that follow [rules.RestoreSpec.Seen], and then as with Launch.
	Restore(spec rules.RestoreSpec, sink func(rules.AgentEvent)) (Survivor, error)
}

// ConnectorCloser is a [Launcher] of agents that connectors run.
type ConnectorCloser interface {
	// CloseConnector closes the connector of a host session that was deleted.
	CloseConnector(id journal.SessionID)
}

// Worktrees records the agents' working directories, and compares them with what it has
// recorded. Its methods are safe for concurrent use.
type Worktrees interface {
	// Begin records the directory of a session that begins, unless that was done. It
	// returns at once.
	Begin(session journal.SessionID, dir string)
	// TurnEnded records the directory at the end of a turn. It returns at once.
	TurnEnded(session journal.SessionID, dir, approvalID string, at time.Time)
	// End discards what was recorded of a session. It returns at once.
	End(session journal.SessionID)
	// Sessions returns the sessions of which something is recorded.
	Sessions() []journal.SessionID
	// Changes compares the directory with what was recorded. An answer without changes to
	// show has a reason. The only error is that of ctx.
	Changes(ctx context.Context, session journal.SessionID, dir string, q protocol.ChangesQuery) (*protocol.ChangesAnswer, error)
	// Files lists the files whose paths contain a text. The only error is that of ctx.
	Files(ctx context.Context, session journal.SessionID, dir, query string) (*protocol.FilesAnswer, error)
}

// Agent is one running agent session. Its methods are safe for concurrent use and do
// nothing once the agent has exited. All but Stop return at once.
type Agent interface {
	// SessionID returns the agent's own id of the session.
	SessionID() string
	// CanLoad reports whether a later process can open the session again, as the agent
	// says.
	CanLoad() bool
	// Continued returns how the earlier session was opened; [protocol.ContinuedNew] if a
	// new one is open.
	Continued() protocol.AgentContinuation
	// LoadError returns why a new session is open instead of the earlier one; nil if the
	// earlier one was opened or none was requested.
	LoadError() error
	// IdleTimeout returns the time without use after which the agent is put to sleep; 0
	// for never.
	IdleTimeout() time.Duration
	// Defaults returns the options that the agent's configuration sets when a session
	// begins.
	Defaults() []rules.OptionDefault
	// Prompt begins a turn, which a [rules.AgentTurnEnded] with the same turn ends. The
	// caller begins one turn at a time.
	Prompt(p rules.AgentPrompt)
	// Respond answers a permission request with one of its options, or as cancelled if
	// optionID is empty.
	Respond(requestID, optionID string)
	// Answer answers an elicitation.
	Answer(requestID string, reply rules.ElicitationReply)
	// Configure sets an option to a value, which is a JSON string or boolean. A
	// [rules.AgentConfigured] with the same request id tells the outcome.
	Configure(requestID, optionID string, value json.RawMessage)
	// StopWork asks the agent to stop a tool call or a terminal. It returns an error if
	// the agent does not offer that. A [rules.AgentStopRefused] tells that the agent
	// refuses afterwards.
	StopWork(w rules.Work) error
	// SignIn signs in, in one of the ways that the agent has announced. A
	// [rules.AgentConfigured] with the same request id tells the outcome.
	SignIn(requestID, methodID string)
	// Cancel asks the agent to end the running turn, or what it does without a prompt.
	Cancel()
	// DeleteSession makes Stop delete the agent's own session first, if the agent offers
	// that.
	DeleteSession()
	// Stop ends the agent and everything that it has started, and waits for that. When ctx
	// ends, it kills what is left.
	Stop(ctx context.Context) error
}
