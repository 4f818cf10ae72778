package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// hostShell is a host session's face to its agent and to the shared sessions
// that are open on it.
type hostShell struct {
	actor  *actor
	state  func() *hostState
	shared map[SessionID]struct{} // open on this host session
	agent  *agentRun              // the newest; nil before the first
	work   sync.WaitGroup         // starts and stops of agents; stop waits for them
}

// agentRun is one start of the agent. What an older one still says is not
// heard.
type agentRun struct {
	giveUp context.CancelFunc // ends the start; the run still says that it failed
	forget context.CancelFunc // ends the start, and whoever waits to be heard
	agent  Agent              // set by the actor once it is ready
	ending bool
	exited *AgentExited // was heard before it was ready
}

// agentReady is what a start leads to. It goes to the actor's agent channel,
// behind what the agent said before.
type agentReady struct {
	run   *agentRun
	agent Agent
	err   error
}

// agentSaying is what a run of the agent says.
type agentSaying struct {
	run   *agentRun
	event AgentEvent
}

func newHostShell(a *actor, shared []SessionID) *hostShell {
	a.agent = make(chan input, inboxSize)
	s := &hostShell{
		actor:  a,
		state:  func() *hostState { return a.state.(*hostState) },
		shared: map[SessionID]struct{}{},
	}
	for _, id := range shared {
		s.shared[id] = struct{}{}
	}
	return s
}

func (s *hostShell) show(*Record) {}

// nudged has nothing to do: the actor looks at its couriers by itself.
func (s *hostShell) nudged() {}

func (s *hostShell) complete(answer any, _ Head) any { return answer }

func (s *hostShell) perform(e effect) {
	switch e := e.(type) {
	case tellOpen:
		for id := range s.shared {
			s.actor.courier(id).post(e.message)
		}
	case openShared:
		s.shared[e.shared] = struct{}{}
	case closeShared:
		delete(s.shared, e.shared)
		s.actor.dropCouriers(s.isOpen)
	case launchAgent:
		s.launch(e.spec)
	default:
		s.performOnAgent(e)
	}
}

func (s *hostShell) isOpen(shared SessionID) bool {
	_, open := s.shared[shared]
	return open
}

func (s *hostShell) performOnAgent(e effect) {
	if s.agent == nil || s.agent.agent == nil {
		if _, end := e.(endAgent); end && s.agent != nil {
			s.agent.giveUp()
		}
		return
	}
	agent := s.agent.agent
	switch e := e.(type) {
	case promptAgent:
		agent.Prompt(e.prompt)
	case answerAgent:
		agent.Respond(e.requestID, e.optionID)
	case cancelAgent:
		agent.Cancel()
	case endAgent:
		s.end(s.agent)
	}
}

// launch starts the agent. What it says comes through the actor's agent
// channel, which makes it wait while those who are told do not keep up.
func (s *hostShell) launch(spec LaunchSpec) {
	if s.agent != nil {
		s.agent.forget()
	}
	hearing, forget := context.WithCancel(context.Background())
	starting, giveUp := context.WithTimeout(hearing, s.actor.hub.options.AgentStartTimeout)
	run := &agentRun{giveUp: giveUp, forget: forget}
	s.agent = run
	say := func(body any) (said bool) {
		select {
		case s.actor.agent <- input{body: body}:
			return true
		case <-hearing.Done():
			return false
		}
	}
	launcher := s.actor.hub.launcher
	s.work.Go(func() {
		defer giveUp()
		agent, err := launcher.Launch(starting, spec, func(e AgentEvent) { say(agentSaying{run, e}) })
		if !say(agentReady{run, agent, err}) && agent != nil {
			s.stopAgent(agent)
		}
	})
}

// hear turns what came from the agent's goroutines into an input for the
// state, or drops it if a newer run has taken its place.
func (s *hostShell) hear(in input) (input, bool) {
	switch m := in.body.(type) {
	case agentSaying:
		if exited, ok := m.event.(AgentExited); ok && m.run.agent == nil {
			m.run.exited = &exited // it overtook the news that the agent is ready
			return in, false
		}
		in.body = agentSays{m.event}
		return in, m.run == s.agent
	case agentReady:
		in.body = s.ready(m)
		if m.run != s.agent && m.agent != nil {
			s.end(m.run)
		}
		return in, m.run == s.agent
	}
	return in, true
}

func (s *hostShell) ready(m agentReady) any {
	if m.err != nil {
		permanent := errors.Is(m.err, ErrNoProfile) || errors.Is(m.err, ErrCannotLoad) || errors.Is(m.err, ErrCwdNotAllowed)
		return launchFailed{m.err, permanent}
	}
	m.run.agent = m.agent
	if m.run.exited != nil {
		return launchFailed{errors.New(exitFailure(*m.run.exited)), false}
	}
	return launched{m.agent.SessionID(), m.agent.CanLoad()}
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

// due and wake have nothing to do: a host session's times are its state's.
func (s *hostShell) due() time.Time { return time.Time{} }

func (s *hostShell) wake(time.Time) {}

func (s *hostShell) busy() bool {
	return s.state().Agent != protocol.AgentExited || len(s.state().Queue) > 0 || len(s.state().Ended) > 0
}

// stop ends the agent and waits for it and for every start and stop.
func (s *hostShell) stop() {
	if s.agent != nil {
		s.agent.forget()
		if s.agent.agent != nil {
			s.end(s.agent)
		}
	}
	s.work.Wait()
	s.endUnheard()
	s.work.Wait()
}

// endUnheard ends agents that said that they are ready when nobody was listening
// any more.
func (s *hostShell) endUnheard() {
	for {
		select {
		case in := <-s.actor.agent:
			if m, ok := in.body.(agentReady); ok && m.agent != nil {
				m.run.agent = m.agent
				s.end(m.run)
			}
		default:
			return
		}
	}
}
