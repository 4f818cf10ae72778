package hubtest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"parley/hub"
)

// Agents is a hub.Launcher whose agents do what a test tells them. Its only
// profile is called "demo". It is safe for concurrent use.
type Agents struct {
	// CannotLoad makes agents that cannot load an earlier session. Set it
	// before the first start.
	CannotLoad bool

	// CannotReload makes agents that say they can load an earlier session, and
	// then begin a new one. Set it before the first start.
	CannotReload bool

	launched chan *Agent // sent to by Launch; holds launchRoom, more make Launch fail

	// guarded by mu
	mu   sync.Mutex
	fail error // of the next starts
}

const launchRoom = 16

// NewAgents returns a launcher.
func NewAgents() *Agents { return &Agents{launched: make(chan *Agent, launchRoom)} }

// FailStarts makes starts fail with err from now on; nil ends that.
func (a *Agents) FailStarts(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail = err
}

// Next waits for an agent to be started.
func (a *Agents) Next(ctx context.Context) (*Agent, error) {
	return receive(ctx, a.launched, "no agent is started")
}

// Profiles implements hub.Launcher.
func (a *Agents) Profiles() []hub.Profile { return []hub.Profile{{Name: "demo"}} }

// Launch implements hub.Launcher.
func (a *Agents) Launch(ctx context.Context, spec hub.LaunchSpec, sink func(hub.AgentEvent)) (hub.Agent, error) {
	a.mu.Lock()
	err := a.fail
	a.mu.Unlock()
	if err != nil {
		return nil, err
	}
	started := &Agent{
		Spec: spec, canLoad: !a.CannotLoad, sink: sink,
		forgets: a.CannotReload && spec.Load != "",
		prompts: make(chan hub.AgentPrompt, agentRoom),
		answers: make(chan PermissionAnswer, agentRoom),
		cancels: make(chan struct{}, agentRoom),
		exited:  make(chan struct{}),
	}
	select {
	case a.launched <- started:
		return started, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// agentRoom is how much an agent is told before a test has to look.
const agentRoom = 1024

// Agent is a running agent in a test's hands. It is safe for concurrent use,
// but for Say, which is for one goroutine.
type Agent struct {
	// immutable
	Spec    hub.LaunchSpec
	canLoad bool
	forgets bool
	sink    func(hub.AgentEvent)
	prompts chan hub.AgentPrompt
	answers chan PermissionAnswer
	cancels chan struct{}
	exited  chan struct{} // closed by Exit

	exit sync.Once
}

// PermissionAnswer is how a request for permission was answered.
type PermissionAnswer struct{ RequestID, OptionID string }

// Say is something that the agent says. It blocks while the hub does not read.
func (a *Agent) Say(e hub.AgentEvent) { a.sink(e) }

// Exit ends the agent by itself.
func (a *Agent) Exit(code int) {
	a.exit.Do(func() {
		close(a.exited)
		a.sink(hub.AgentExited{ExitCode: &code})
	})
}

// NextPrompt waits for a prompt.
func (a *Agent) NextPrompt(ctx context.Context) (hub.AgentPrompt, error) {
	return receive(ctx, a.prompts, "the agent is given no prompt")
}

// NextAnswer waits for the answer to a request for permission.
func (a *Agent) NextAnswer(ctx context.Context) (PermissionAnswer, error) {
	return receive(ctx, a.answers, "the agent is given no answer")
}

// NextCancel waits to be asked to end the turn.
func (a *Agent) NextCancel(ctx context.Context) error {
	_, err := receive(ctx, a.cancels, "the agent is not asked to cancel")
	return err
}

// Exited is closed when the agent has ended or was stopped.
func (a *Agent) Exited() <-chan struct{} { return a.exited }

// Prompted reports how many prompts wait for NextPrompt.
func (a *Agent) Prompted() int { return len(a.prompts) }

// SessionID implements hub.Agent.
func (a *Agent) SessionID() string { return "theirs" }

// CanLoad implements hub.Agent.
func (a *Agent) CanLoad() bool { return a.canLoad }

// LoadError implements hub.Agent.
func (a *Agent) LoadError() error {
	if a.forgets {
		return errors.New("no such session")
	}
	return nil
}

// Prompt implements hub.Agent.
func (a *Agent) Prompt(p hub.AgentPrompt) { a.prompts <- p }

// Respond implements hub.Agent.
func (a *Agent) Respond(requestID, optionID string) {
	a.answers <- PermissionAnswer{requestID, optionID}
}

// Cancel implements hub.Agent.
func (a *Agent) Cancel() { a.cancels <- struct{}{} }

// Stop implements hub.Agent.
func (a *Agent) Stop(context.Context) error {
	a.exit.Do(func() {
		close(a.exited)
		a.sink(hub.AgentExited{})
	})
	return nil
}

func receive[T any](ctx context.Context, from <-chan T, otherwise string) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case v := <-from:
		return v, nil
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%s: %w", otherwise, ctx.Err())
	}
}
