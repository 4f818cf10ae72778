package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
)

// hostShell is a host session's face to its agent and to the shared sessions
// that are open on it.
type hostShell struct {
	actor  *actor
	state  func() *host.State
	shared map[journal.SessionID]struct{} // open on this host session, as far as they have been greeted
	open   map[journal.SessionID]struct{} // open on this host session, by what has come in
	agent  *agentRun                      // the newest; nil before the first
	facts  host.FactBuffer                // what the newest agent says of itself
	heard  time.Time                      // when the agent last said or was told something
	work   sync.WaitGroup                 // starts and stops of agents; stop waits for them
}

// agentRun is one start of the agent. What an older one still says is not
// heard.
type agentRun struct {
	hearing *hearing
	giveUp  context.CancelFunc // ends the start; the run still says that it failed
	agent   Agent              // set by the actor once it is ready
	ending  bool
	exited  *rules.AgentExited // was heard before it was ready
}

// agentReady is what a start leads to. It is heard behind what the agent said
// before.
type agentReady struct {
	agent Agent
	err   error
}

func newHostShell(a *actor, shared []journal.SessionID) *hostShell {
	s := &hostShell{
		actor:  a,
		state:  func() *host.State { return a.state.(*host.State) },
		shared: map[journal.SessionID]struct{}{},
		open:   map[journal.SessionID]struct{}{},
	}
	for _, id := range shared {
		s.shared[id], s.open[id] = struct{}{}, struct{}{}
	}
	return s
}

func (s *hostShell) show(*journal.Record) {}

// nudged has nothing to do: the actor looks at its couriers by itself.
func (s *hostShell) nudged() {}

func (s *hostShell) complete(answer any, _ journal.Head) any { return answer }

func (s *hostShell) perform(e rules.Effect) {
	switch e := e.(type) {
	case host.TellOpen:
		for id := range s.shared {
			s.actor.courier(id).post(e.Message)
		}
	case host.OpenShared:
		s.shared[e.Shared] = struct{}{}
	case host.CloseShared:
		delete(s.shared, e.Shared)
		s.actor.dropCouriers(s.isOpen)
	case host.LaunchAgent:
		s.launch(e.Spec)
	default:
		s.performOnAgent(e)
	}
}

func (s *hostShell) isOpen(shared journal.SessionID) bool {
	_, open := s.shared[shared]
	return open
}

func (s *hostShell) performOnAgent(e rules.Effect) {
	if s.agent == nil || s.agent.agent == nil {
		if _, end := e.(host.EndAgent); end && s.agent != nil {
			s.agent.giveUp()
		}
		return
	}
	agent := s.agent.agent
	switch e := e.(type) {
	case host.PromptAgent:
		s.heard = time.Now()
		agent.Prompt(e.Prompt)
	case host.AnswerAgent:
		s.heard = time.Now()
		agent.Respond(e.RequestID, e.OptionID)
	case host.CancelAgent:
		agent.Cancel()
	case host.EndAgent:
		s.end(s.agent)
	}
}

// launch starts the agent. What it says goes through the run's hearing, where it
// waits while those who are told do not keep up.
func (s *hostShell) launch(spec rules.LaunchSpec) {
	if s.agent != nil {
		s.forget(s.agent)
	}
	starting, giveUp := context.WithCancel(context.Background())
	run := &agentRun{hearing: newHearing(), giveUp: giveUp}
	s.agent, s.actor.agent = run, run.hearing
	s.facts = host.FactBuffer{}
	s.facts.Block(time.Now()) // usually until it is ready
	release := s.actor.hub.agents.take()
	if release == nil {
		giveUp()
		run.hearing.say(agentReady{err: host.NoSlotError(s.actor.hub.options.MaxAgents)})
		return
	}
	launcher := s.actor.hub.launcher
	s.work.Go(func() {
		defer giveUp()
		agent, err := launcher.Launch(starting, spec, func(e rules.AgentEvent) {
			if _, gone := e.(rules.AgentExited); gone {
				release()
			}
			run.hearing.say(e)
		})
		if err != nil {
			release()
		}
		if !run.hearing.say(agentReady{agent, err}) && agent != nil {
			s.stopAgent(agent)
		}
	})
}

// forget hears no more of a run, and ends its start.
func (s *hostShell) forget(run *agentRun) {
	run.giveUp()
	for _, unheard := range run.hearing.close() {
		if ready, ok := unheard.(agentReady); ok && ready.agent != nil {
			run.agent = ready.agent
			s.end(run)
		}
	}
}

// hear takes what the agent has said, as an input for the state. What it says of
// itself is gathered and comes with other inputs, or when it is due.
func (s *hostShell) hear(in envelope) (envelope, bool) {
	if _, ok := in.Body.(agentSpoke); ok {
		if in, ok = s.listen(in); !ok {
			return in, false
		}
	}
	body := s.facts.Join(s.account(in.Body), time.Now())
	in.Body = body
	return in, body != nil
}

// listen takes the oldest of what the agent has said.
func (s *hostShell) listen(in envelope) (envelope, bool) {
	s.heard = time.Now()
	said, ok := s.agent.hearing.take()
	switch said := said.(type) {
	case agentReady:
		in.Body = s.ready(said)
	case rules.AgentExited:
		if s.agent.agent == nil {
			s.agent.exited = &said // it overtook the news that the agent is ready
			return in, false
		}
		in.Body = host.AgentSays{Event: said}
	case rules.AgentEvent:
		in.Body = host.AgentSays{Event: said}
	}
	return in, ok
}

func (s *hostShell) ready(m agentReady) any {
	if m.err != nil {
		s.actor.log.Warn("the agent could not be started", zap.Error(m.err))
		return host.LaunchFailed{Err: m.err}
	}
	s.agent.agent = m.agent
	if s.agent.exited != nil {
		return host.LaunchFailed{Err: errors.New(host.ExitFailure(*s.agent.exited))}
	}
	return host.Launched{SessionID: m.agent.SessionID(), CanLoad: m.agent.CanLoad(), LoadError: m.agent.LoadError()}
}

// end stops a run's agent in the background; AgentExited says when it is done.
func (s *hostShell) end(run *agentRun) {
	if run.ending {
		return
	}
	run.ending = true
	agent := run.agent
	s.work.Go(func() { s.stopAgent(agent) })
}

func (s *hostShell) stopAgent(agent Agent) {
	ctx, cancel := context.WithTimeout(context.Background(), s.actor.hub.options.AgentStopTimeout)
	defer cancel()
	if err := agent.Stop(ctx); err != nil {
		s.actor.log.Warn("the agent did not stop in order", zap.Error(err))
	}
}

// due is when what was gathered, or the agent's silence, is to be told. All other
// times of a host session are its state's.
func (s *hostShell) due() time.Time {
	facts, silence := s.facts.Due(), s.silenceDue()
	if facts.IsZero() || !silence.IsZero() && silence.Before(facts) {
		return silence
	}
	return facts
}

// silenceDue is when the agent has said nothing for too long; zero for never. What
// was decided and is not durable may still have to be told to the agent, which is
// expected to speak only after that.
func (s *hostShell) silenceDue() time.Time {
	if s.actor.rebuild.running || len(s.actor.pending) > 0 || !s.state().Listens() {
		return time.Time{}
	}
	return s.heard.Add(s.actor.hub.rules.SilenceAfter)
}

func (s *hostShell) wake(now time.Time) {
	if facts, some := s.facts.TakeDue(now); some {
		s.actor.take(unanswered(host.Learned{Facts: facts}))
	}
	if due := s.silenceDue(); !due.IsZero() && !due.After(now) {
		s.actor.take(unanswered(host.AgentSilent{Since: s.heard}))
	}
}

func (s *hostShell) busy() bool { return s.state().Busy() }

// stop ends the agent and waits for it and for every start and stop.
func (s *hostShell) stop() {
	if s.agent != nil {
		s.forget(s.agent)
		if s.agent.agent != nil {
			s.end(s.agent)
		}
	}
	s.work.Wait()
}

// account notes which shared sessions are open, as inputs come in, and says with
// the end of one whether it was the last. The state alone cannot tell: it would
// grow with their number, and each would be an append more.
func (s *hostShell) account(body any) any {
	switch m := body.(type) {
	case rules.SharedOpened:
		s.open[m.Shared] = struct{}{}
	case rules.SharedClosed:
		delete(s.open, m.Shared)
		m.Last = len(s.open) == 0
		return m
	}
	return body
}
