package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
)

// launcher is the [hub.Launcher] of one process.
type launcher struct {
	run     *run
	process *process
}

// agent is one process of an agent. A goroutine of its own, deliver, passes its events
// to the hub and waits while the hub does not read them.
type agent struct {
	// immutable
	n       int
	run     *run
	process *process
	loaded  bool // it continues an earlier session
	sink    func(rules.AgentEvent)
	wake    chan struct{} // sent to by emit, received by deliver, never closed; capacity 1, since one signal is enough
	done    chan struct{} // closed by deliver when it ends

	turn      string
	cancelled bool
	asked     []string // ids of pending permission requests
	ended     bool
	pending   []rules.AgentEvent
}

// Profiles implements [hub.Launcher].
func (l *launcher) Profiles() []protocol.AgentProfile {
	return []protocol.AgentProfile{{Name: "demo"}}
}

// Missing implements [hub.Launcher].
func (l *launcher) Missing() []protocol.MissingAgent { return nil }

// Sessions implements [hub.Launcher].
func (l *launcher) Directories(context.Context, string, string) (protocol.DirectoriesAnswer, error) {
	return protocol.DirectoriesAnswer{}, errors.New("not offered")
}

func (l *launcher) Sessions(context.Context, string, string) (protocol.AgentSessionsAnswer, error) {
	return protocol.AgentSessionsAnswer{}, errors.New("not offered")
}

// Launch implements [hub.Launcher]. Its outcome depends on the seed and on the number of
// agents launched before.
func (l *launcher) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	r := l.run
	r.mu.Lock()
	r.launches++
	n := r.launches
	calm := r.finishing || n == 1
	r.mu.Unlock()
	if roll := hashOf(r.seed, "launch", n) % 100; !calm && roll < 30 {
		select {
		case <-time.After(time.Duration(1+roll) * time.Second):
		case <-time.After(time.Minute):
			return nil, errors.New("not ready in time")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if roll < 8 {
			r.record("agents", "the launch of number %d fails", n)
			return nil, errors.New("no such command")
		}
	}
	if spec.Load != "" && hashOf(r.seed, "load", n)%4 == 0 {
		r.record("agents", "number %d exits while loading its session", n)
		return nil, rules.ErrCannotLoad
	}
	a := &agent{n: n, run: r, process: l.process, loaded: spec.Load != "", sink: sink, wake: make(chan struct{}, 1), done: make(chan struct{})}
	r.mu.Lock()
	r.agents = append(r.agents, a)
	r.mu.Unlock()
	go a.deliver()
	r.record("agents", "number %d is ready", n)
	return a, nil
}

// deliver passes events to the hub. It ends with the agent.
func (a *agent) deliver() {
	defer close(a.done)
	for range a.wake {
		a.run.mu.Lock()
		events := a.pending
		a.pending = nil
		a.run.mu.Unlock()
		for _, e := range events {
			a.sink(e)
			if _, last := e.(rules.AgentExited); last {
				return
			}
		}
	}
}

// emit queues events for delivery. The caller holds run.mu.
func (a *agent) emit(events ...rules.AgentEvent) {
	if a.ended {
		return
	}
	for _, e := range events {
		if _, last := e.(rules.AgentExited); last {
			a.ended = true
		}
		a.pending = append(a.pending, e)
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// chunk returns an update of the agent. Updates of all agents are numbered together.
func (a *agent) chunk(size int) rules.AgentEvent {
	a.run.chunks++
	if !a.ended {
		a.run.said[a.process] = append(a.run.said[a.process], a.run.chunks)
	}
	return rules.AgentNotification{
		Raw: fmt.Appendf(nil, `{"method":"session/update","params":{"n":%d,"text":%q}}`,
			a.run.chunks, strings.Repeat("x", size)),
		Streamed: a.run.chunks%4 > 0,
	}
}

// ask returns a permission request.
func (a *agent) ask() rules.AgentEvent {
	a.run.asked++
	id := fmt.Sprintf("ask-%d", a.run.asked)
	a.asked = append(a.asked, id)
	return rules.AgentPermission{
		RequestID: id,
		Options:   []byte(`[{"optionId":"yes","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]`),
		Choices:   []rules.AgentOption{{ID: "yes", Kind: "allow_once"}, {ID: "no", Kind: "reject_once"}},
	}
}

// endTurn ends the running turn.
func (a *agent) endTurn(err error) {
	reason := "end_turn"
	if a.cancelled {
		reason = "cancelled"
	}
	a.emit(rules.AgentTurnEnded{Turn: a.turn, StopReason: reason, Err: err})
	a.turn, a.cancelled, a.asked = "", false, nil
}

// SessionID implements [hub.Agent].
func (a *agent) SessionID() string { return "theirs" }

// DeleteSession implements [hub.Agent].
func (a *agent) DeleteSession() {}

// IdleTimeout implements [hub.Agent].
func (a *agent) IdleTimeout() time.Duration { return 0 }

// CanLoad implements [hub.Agent].
func (a *agent) CanLoad() bool { return !a.run.agentsForget }

// Continued implements [hub.Agent].
func (a *agent) Continued() protocol.AgentContinuation {
	if a.loaded {
		return protocol.ContinuedLoaded
	}
	return protocol.ContinuedNew
}

// LoadError implements [hub.Agent].
func (a *agent) LoadError() error { return nil }

func (a *agent) SignIn(string, string) {}

func (a *agent) Defaults() []rules.OptionDefault { return nil }

// Prompt implements [hub.Agent]. It checks that the agent has one turn at a time, and
// that each prompt reaches an agent at most once.
func (a *agent) Prompt(p rules.AgentPrompt) {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	if a.run.disk.isDead(a.process) {
		return
	}
	name := a.run.nameOf(p.Turn)
	a.run.record("agents", "number %d receives %s: %q", a.n, name, p.Text)
	if a.turn != "" {
		a.run.violation("the agent receives %s while it works on %s", name, a.run.nameOf(a.turn))
	}
	if before, again := a.run.prompted[p.Turn]; again {
		a.run.violation("the agent receives %s twice: %q and %q", name, before, p.Text)
	}
	a.run.prompted[p.Turn] = p.Text
	a.run.host.catchUp()
	if !a.run.host.began[p.Turn] {
		a.run.violation("the agent receives %s, of which the disk has no beginning", name)
	}
	a.turn, a.cancelled = p.Turn, false
}

// Respond implements [hub.Agent]. It checks that each request is answered once.
func (a *agent) Respond(requestID, optionID string) {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	if a.run.disk.isDead(a.process) {
		return
	}
	a.run.record("agents", "number %d: %s is answered with %q", a.n, requestID, optionID)
	if before, again := a.run.responded[requestID]; again {
		a.run.violation("%s is answered twice: with %q and %q", requestID, before, optionID)
	}
	a.run.responded[requestID] = optionID
}

// Answer implements [hub.Agent]. It checks like Respond.
func (a *agent) Answer(requestID string, reply rules.ElicitationReply) {
	a.Respond(requestID, string(reply.Action)+string(reply.Content)+reply.Refusal)
}

// Configure implements [hub.Agent]. Every change succeeds.
func (a *agent) Configure(requestID, _ string, _ json.RawMessage) {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	a.emit(rules.AgentConfigured{RequestID: requestID})
}

// StopWork implements [hub.Agent]. No work can be stopped.
func (a *agent) StopWork(rules.Work) error { return errors.New("not offered") }

// Cancel implements [hub.Agent]. The turn ends in a later step.
func (a *agent) Cancel() {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	a.cancelled = true
}

// Stop implements [hub.Agent].
func (a *agent) Stop(context.Context) error {
	a.run.mu.Lock()
	a.emit(rules.AgentExited{})
	a.run.mu.Unlock()
	return nil
}

// endAgents ends the agents of a process.
func (r *run) endAgents(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.agents {
		if a.process == p {
			a.emit(rules.AgentExited{})
		}
	}
}

// liveAgents returns the agents that run, the newest last.
func (r *run) liveAgents() []*agent {
	var living []*agent
	for _, a := range r.agents {
		if !a.ended && !r.disk.isDead(a.process) {
			living = append(living, a)
		}
	}
	return living
}
