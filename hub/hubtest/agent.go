package hubtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
)

// patience bounds every wait for an agent. Only a failure reaches it.
const patience = 30 * time.Second

// Agents is a [hub.Launcher] of agents that a test controls. Its only profile is "demo". It is safe for concurrent use.
type Agents struct {
	// CannotLoad makes agents that cannot load an earlier session. Set it before the
	// first launch.
	CannotLoad bool

	// CannotReload makes agents that claim to load an earlier session, but begin a
	// new one. Set it before the first launch.
	CannotReload bool

	// Defaults are the options that the configuration of the agents sets. Set them before
	// the first launch.
	Defaults []rules.OptionDefault

	// IdleTimeout is the time without use after which the agents are put to sleep; 0 for
	// never. Set it before the first launch.
	IdleTimeout time.Duration

	launched chan *Agent // sent to by Launch, received by Next, never closed; beyond maxLaunched agents Launch blocks

	mu   sync.Mutex
	fail error // of the next launches; guarded by mu
}

// maxLaunched is the number of agents that can be launched before a test calls Next.
const maxLaunched = 16

// NewAgents returns a launcher.
func NewAgents() *Agents { return &Agents{launched: make(chan *Agent, maxLaunched)} }

// FailStarts makes launches fail with err from now on; nil ends that.
func (a *Agents) FailStarts(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail = err
}

// Next waits for the next agent to be launched. It fails after 30 seconds.
func (a *Agents) Next(ctx context.Context) (*Agent, error) {
	return receive(ctx, a.launched, "no agent was launched")
}

// Profiles implements [hub.Launcher].
func (a *Agents) Profiles() []protocol.AgentProfile { return []protocol.AgentProfile{{Name: "demo"}} }

// Missing implements [hub.Launcher].
func (a *Agents) Missing() []protocol.MissingAgent { return nil }

// Sessions implements [hub.Launcher].
func (a *Agents) Sessions(context.Context, string, string) (protocol.AgentSessionsAnswer, error) {
	return protocol.AgentSessionsAnswer{}, errors.New("these agents list no sessions")
}

// Directories implements [hub.Launcher].
func (a *Agents) Directories(context.Context, string, string) (protocol.DirectoriesAnswer, error) {
	return protocol.DirectoriesAnswer{}, errors.New("these agents work in no directory")
}

// Launch implements [hub.Launcher].
func (a *Agents) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	a.mu.Lock()
	err := a.fail
	a.mu.Unlock()
	if err != nil {
		return nil, err
	}
	agent := &Agent{
		Spec: spec, canLoad: !a.CannotLoad, defaults: a.Defaults, idle: a.IdleTimeout, sink: sink,
		forgets: a.CannotReload && spec.Load != "",
		prompts: make(chan rules.AgentPrompt, maxCalls),
		answers: make(chan PermissionAnswer, maxCalls),
		replies: make(chan ElicitationAnswer, maxCalls),
		changes: make(chan OptionChange, maxCalls),
		stops:   make(chan rules.Work, maxCalls),
		cancels: make(chan struct{}, maxCalls),
		exited:  make(chan struct{}),
	}
	select {
	case a.launched <- agent:
		return agent, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// maxCalls is the number of prompts, answers or cancellations that an agent takes
// before a test receives them. Further ones block the hub.
const maxCalls = 1024

// Agent is a running agent that a test controls. It is safe for concurrent use, except
// that only one goroutine may call Say and Exit.
type Agent struct {
	// immutable
	Spec     rules.LaunchSpec // by which it was launched
	canLoad  bool
	idle     time.Duration
	defaults []rules.OptionDefault
	forgets  bool
	sink     func(rules.AgentEvent)
	prompts  chan rules.AgentPrompt // sent to by Prompt, never closed; capacity maxCalls
	answers  chan PermissionAnswer  // sent to by Respond, never closed; capacity maxCalls
	replies  chan ElicitationAnswer // sent to by Answer, never closed; capacity maxCalls
	changes  chan OptionChange      // sent to by Configure, never closed; capacity maxCalls
	stops    chan rules.Work        // sent to by StopWork, never closed; capacity maxCalls
	cancels  chan struct{}          // sent to by Cancel, never closed; capacity maxCalls
	exited   chan struct{}          // closed by Exit or Stop, never sent to

	exit sync.Once
}

// PermissionAnswer is the answer to a permission request.
type PermissionAnswer struct {
	RequestID string // of the request
	OptionID  string // the chosen option; empty if the request was cancelled
}

// ElicitationAnswer is the answer to an elicitation.
type ElicitationAnswer struct {
	RequestID string
	Reply     rules.ElicitationReply
}

// OptionChange is a change of an option, or signing in.
type OptionChange struct {
	RequestID string
	OptionID  string
	Value     string // JSON; empty to sign in, in the way whose id is OptionID
}

// DeleteSession implements [hub.Agent].
func (a *Agent) DeleteSession() {}

// IdleTimeout implements [hub.Agent].
func (a *Agent) IdleTimeout() time.Duration { return a.idle }

// Defaults implements [hub.Agent].
func (a *Agent) Defaults() []rules.OptionDefault { return a.defaults }

// Say emits an event of the agent. It blocks while the hub does not read.
func (a *Agent) Say(e rules.AgentEvent) { a.sink(e) }

// Exit ends the agent with an exit code, as if its process had ended.
func (a *Agent) Exit(code int) {
	a.exit.Do(func() {
		close(a.exited)
		a.sink(rules.AgentExited{ExitCode: &code})
	})
}

// NextPrompt waits for the next prompt. It fails after 30 seconds.
func (a *Agent) NextPrompt(ctx context.Context) (rules.AgentPrompt, error) {
	return receive(ctx, a.prompts, "the agent received no prompt")
}

// NextAnswer waits for the next answer to a permission request. It fails after 30
// seconds.
func (a *Agent) NextAnswer(ctx context.Context) (PermissionAnswer, error) {
	return receive(ctx, a.answers, "the agent received no answer")
}

// NextReply waits for the next answer to an elicitation. It fails after 30 seconds.
func (a *Agent) NextReply(ctx context.Context) (ElicitationAnswer, error) {
	return receive(ctx, a.replies, "the agent received no answer to an elicitation")
}

// NextChange waits for the next change of an option. It fails after 30 seconds.
func (a *Agent) NextChange(ctx context.Context) (OptionChange, error) {
	return receive(ctx, a.changes, "the agent received no change of an option")
}

// NextStop waits for the next tool call or terminal to stop. It fails after 30 seconds.
func (a *Agent) NextStop(ctx context.Context) (rules.Work, error) {
	return receive(ctx, a.stops, "the agent received nothing to stop")
}

// NextCancel waits for the next cancellation of a turn. It fails after 30 seconds.
func (a *Agent) NextCancel(ctx context.Context) error {
	_, err := receive(ctx, a.cancels, "the agent received no cancellation")
	return err
}

// Exited returns a channel that is closed when the agent has exited or was stopped.
func (a *Agent) Exited() <-chan struct{} { return a.exited }

// Prompted returns the number of prompts that NextPrompt has not returned yet.
func (a *Agent) Prompted() int { return len(a.prompts) }

// SessionID implements [hub.Agent].
func (a *Agent) SessionID() string { return "theirs" }

// CanLoad implements [hub.Agent].
func (a *Agent) CanLoad() bool { return a.canLoad }

// Continued implements [hub.Agent].
func (a *Agent) Continued() protocol.AgentContinuation {
	if a.Spec.Load == "" || a.forgets {
		return protocol.ContinuedNew
	}
	return protocol.ContinuedLoaded
}

// LoadError implements [hub.Agent].
func (a *Agent) LoadError() error {
	if a.forgets {
		return errors.New("no such session")
	}
	return nil
}

// Prompt implements [hub.Agent].
func (a *Agent) Prompt(p rules.AgentPrompt) { a.prompts <- p }

// Respond implements [hub.Agent].
func (a *Agent) Respond(requestID, optionID string) {
	a.answers <- PermissionAnswer{requestID, optionID}
}

// Answer implements [hub.Agent].
func (a *Agent) Answer(requestID string, reply rules.ElicitationReply) {
	a.replies <- ElicitationAnswer{requestID, reply}
}

// Configure implements [hub.Agent].
func (a *Agent) Configure(requestID, optionID string, value json.RawMessage) {
	a.changes <- OptionChange{requestID, optionID, string(value)}
}

// SignIn implements [hub.Agent].
func (a *Agent) SignIn(requestID, methodID string) { a.Configure(requestID, methodID, nil) }

// StopWork implements [hub.Agent]. Work whose tool call is "refused" cannot be stopped.
func (a *Agent) StopWork(w rules.Work) error {
	if w.ToolCallID == "refused" {
		return errors.New("the agent does not offer to stop it")
	}
	a.stops <- w
	return nil
}

// Cancel implements [hub.Agent].
func (a *Agent) Cancel() { a.cancels <- struct{}{} }

// Stop implements [hub.Agent].
func (a *Agent) Stop(context.Context) error {
	a.exit.Do(func() {
		close(a.exited)
		a.sink(rules.AgentExited{})
	})
	return nil
}

// receive receives from a channel. Its error begins with otherwise.
func receive[T any](ctx context.Context, from <-chan T, otherwise string) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case v := <-from:
		return v, nil
	case <-ctx.Done():
		var zero T
		return zero, fmt.Errorf("%s: %w", otherwise, ctx.Err())
	}
}
