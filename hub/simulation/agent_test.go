package simulation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/hub"
	"parley/hub/rules"
)

// launcher starts the agents of one process.
type launcher struct {
	run     *run
	process *process
}

// agent is one process of an agent. What it says goes through a goroutine of
// its own, its mouth, which waits while the hub does not listen. Its fields
// below are guarded by run.mu.
type agent struct {
	// immutable
	n       int
	run     *run
	process *process
	sink    func(rules.AgentEvent)
	words   chan struct{} // sent to when there is something to say; holds one
	done    chan struct{} // closed when the mouth has said its last

	turn      string
	cancelled bool
	asked     []string // questions that wait for an answer
	ended     bool
	toSay     []rules.AgentEvent
}

// Profiles implements hub.Launcher.
func (l *launcher) Profiles() []hub.Profile { return []hub.Profile{{Name: "demo"}} }

// Launch implements hub.Launcher. How it goes is a function of the seed and of
// how many agents there were before.
func (l *launcher) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	r := l.run
	r.mu.Lock()
	r.launches++
	n := r.launches
	calm := r.settling || n == 1
	r.mu.Unlock()
	if roll := hashOf(r.seed, "launch", n) % 100; !calm && roll < 30 {
		select {
		case <-time.After(time.Duration(1+roll) * time.Second):
		case <-time.After(20 * time.Second):
			return nil, errors.New("not ready in time")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if roll < 8 {
			r.came("agents", "the start of number %d fails", n)
			return nil, errors.New("no such command")
		}
	}
	if spec.Load != "" && hashOf(r.seed, "load", n)%4 == 0 {
		r.came("agents", "number %d dies of loading its session", n)
		return nil, rules.ErrCannotLoad
	}
	a := &agent{n: n, run: r, process: l.process, sink: sink, words: make(chan struct{}, 1), done: make(chan struct{})}
	r.mu.Lock()
	r.agents = append(r.agents, a)
	r.mu.Unlock()
	go a.speak()
	r.came("agents", "number %d is ready", n)
	return a, nil
}

// speak is the mouth. It ends with the agent.
func (a *agent) speak() {
	defer close(a.done)
	for range a.words {
		a.run.mu.Lock()
		words := a.toSay
		a.toSay = nil
		a.run.mu.Unlock()
		for _, e := range words {
			a.sink(e)
			if _, last := e.(rules.AgentExited); last {
				return
			}
		}
	}
}

// say has to be called with run.mu held.
func (a *agent) say(events ...rules.AgentEvent) {
	if a.ended {
		return
	}
	for _, e := range events {
		if _, last := e.(rules.AgentExited); last {
			a.ended = true
		}
		a.toSay = append(a.toSay, e)
	}
	select {
	case a.words <- struct{}{}:
	default:
	}
}

// chunk is something that agents say, numbered over all of them.
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

// ask is a question for permission.
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
	a.say(rules.AgentTurnEnded{Turn: a.turn, StopReason: reason, Err: err})
	a.turn, a.cancelled, a.asked = "", false, nil
}

// SessionID implements hub.Agent.
func (a *agent) SessionID() string { return "theirs" }

// CanLoad implements hub.Agent.
func (a *agent) CanLoad() bool { return !a.run.agentsForget }

// LoadError implements hub.Agent.
func (a *agent) LoadError() error { return nil }

// Prompt implements hub.Agent: at most one turn at a time, and each at most
// once in all the time that there is.
func (a *agent) Prompt(p rules.AgentPrompt) {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	if a.run.disk.isDead(a.process) {
		return
	}
	name := a.run.nameOf(p.Turn)
	a.run.came("agents", "number %d is given %s: %q", a.n, name, p.Text)
	if a.turn != "" {
		a.run.violation("the agent is given %s while it works on %s", name, a.run.nameOf(a.turn))
	}
	if before, again := a.run.prompted[p.Turn]; again {
		a.run.violation("the agent is given %s twice: %q and %q", name, before, p.Text)
	}
	a.run.prompted[p.Turn] = p.Text
	a.run.host.catchUp()
	if !a.run.host.began[p.Turn] {
		a.run.violation("the agent is given %s, of which the disk knows no beginning", name)
	}
	a.turn, a.cancelled = p.Turn, false
}

// Respond implements hub.Agent: each question is answered once.
func (a *agent) Respond(requestID, optionID string) {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	if a.run.disk.isDead(a.process) {
		return
	}
	a.run.came("agents", "number %d: %s is answered with %q", a.n, requestID, optionID)
	if before, again := a.run.responded[requestID]; again {
		a.run.violation("%s is answered twice: with %q and %q", requestID, before, optionID)
	}
	a.run.responded[requestID] = optionID
}

// Cancel implements hub.Agent. It obeys when the run lets it.
func (a *agent) Cancel() {
	a.run.mu.Lock()
	defer a.run.mu.Unlock()
	a.cancelled = true
}

// Stop implements hub.Agent.
func (a *agent) Stop(context.Context) error {
	a.run.mu.Lock()
	a.say(rules.AgentExited{})
	a.run.mu.Unlock()
	return nil
}

// endAgents ends those of a process: they go with it.
func (r *run) endAgents(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.agents {
		if a.process == p {
			a.say(rules.AgentExited{})
		}
	}
}

// working are the agents that live, the newest last.
func (r *run) working() []*agent {
	var living []*agent
	for _, a := range r.agents {
		if !a.ended && !r.disk.isDead(a.process) {
			living = append(living, a)
		}
	}
	return living
}
