package hub

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub/internal/agentinbox"
	"parley/hub/internal/receipt"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/host/factbuffer"
	"parley/protocol"
)

// hostShell connects a host session to its agent and to the shared sessions that are
// open on it.
type hostShell struct {
	actor *actor // immutable

	// owned by the actor
	shared      map[journal.SessionID]struct{} // open shared sessions that receive host.Broadcast
	open        map[journal.SessionID]struct{} // open shared sessions by the inputs received so far; ahead of shared
	agent       *agentRun                      // the newest; nil before the first
	facts       factbuffer.Buffer              // about the newest agent
	factsFrom   []*receipt.Receipt             // of what facts holds
	lastMessage time.Time                      // when the last message was exchanged with the agent
	asked       []host.StopAsked               // of StopWork, until wake passes them on; at most one for each effect of an append

	work sync.WaitGroup // starts and stops of agents; stop waits for them
}

// agentRun is one start of the agent. Messages of earlier runs are dropped.
type agentRun struct {
	// immutable
	inbox  *agentinbox.Inbox
	giveUp context.CancelFunc // ends the start, which then fails

	// owned by the actor
	agent  Agent                                                // nil until it is ready
	answer func(requestID string, reply rules.ElicitationReply) // answers elicitations while the agent starts; nil if it cannot be reached
	ending bool                                                 // end was called
	ended  chan struct{}                                        // closed once the agent has ended; nil before end was called
	exited *rules.AgentExited                                   // set if the exit arrives before agentStarted
}

// agentStarted is the outcome of a start. In the agent's inbox it follows the messages
// that the agent sent while it started.
type agentStarted struct {
	agent Agent
	err   error
}

// inboxReady is the input for a message in the agent's inbox. The shell translates it into
// [host.AgentReported], [host.Launched] or [host.LaunchFailed].
type inboxReady struct{}

// IsBody implements [rules.Body].
func (inboxReady) IsBody() {}

// newHostShell returns the shell of a host session on which shared sessions are open.
func newHostShell(a *actor, shared []journal.SessionID) *hostShell {
	s := &hostShell{
		actor:  a,
		shared: map[journal.SessionID]struct{}{},
		open:   map[journal.SessionID]struct{}{},
	}
	for _, id := range shared {
		s.shared[id], s.open[id] = struct{}{}, struct{}{}
	}
	return s
}

// state returns the newest state.
func (s *hostShell) state() *host.State { return s.actor.state.(*host.State) }

func (s *hostShell) complete(answer any, _ journal.Head) any { return answer }

func (s *hostShell) busy() bool { return s.state().Busy() }

func (s *hostShell) perform(e rules.Effect) {
	switch e := e.(type) {
	case host.Broadcast:
		for id := range s.shared {
			s.actor.post(id, e.Message)
		}
	case host.AttachShared:
		s.shared[e.Shared] = struct{}{}
	case host.DetachShared:
		delete(s.shared, e.Shared)
		s.actor.dropCouriers(s.isOpen)
	case host.LaunchAgent:
		s.launch(e.Spec)
	case host.RestoreAgent:
		s.restore(e.Spec)
	case host.CloseConnector:
		s.closeConnector()
	case host.SendAgain:
		for _, again := range e.Effects {
			s.performOnAgent(again)
		}
	case host.StopWork:
		s.stopWork(e.Stop)
	default:
		s.performOnAgent(e)
	}
}

// isOpen reports whether a shared session receives host.Broadcast.
func (s *hostShell) isOpen(shared journal.SessionID) bool {
	_, open := s.shared[shared]
	return open
}

// performOnAgent carries out an effect on the agent.
func (s *hostShell) performOnAgent(e rules.Effect) {
	if s.agent == nil {
		return
	}
	if s.agent.agent == nil {
		s.performOnStart(e)
		return
	}
	agent := s.agent.agent
	switch e := e.(type) {
	case host.PromptAgent:
		s.lastMessage = time.Now()
		agent.Prompt(e.Prompt)
	case host.AnswerAgent:
		s.lastMessage = time.Now()
		agent.Respond(e.RequestID, e.OptionID)
	case host.RefuseRequest:
		if survivor, ok := agent.(Survivor); ok {
			survivor.Refuse(e.Refusal)
		}
	case host.AnswerElicitation:
		s.lastMessage = time.Now()
		agent.Answer(e.RequestID, e.Reply)
	case host.ConfigureAgent:
		if e.SignIn {
			agent.SignIn(e.RequestID, e.OptionID)
		} else {
			agent.Configure(e.RequestID, e.OptionID, e.Value)
		}
	case host.CancelAgent:
		agent.Cancel()
	case host.EndAgent:
		if e.DeleteSession {
			agent.DeleteSession()
		}
		s.end(s.agent)
	}
}

// stopWork asks the agent to stop a tool call or a terminal. The outcome becomes an input.
func (s *hostShell) stopWork(stop rules.StopWork) {
	asked := host.StopAsked{Stop: stop}
	if s.agent == nil || s.agent.agent == nil {
		asked.Err = protocol.Errorf(protocol.CodeAgentUnavailable, "the agent does not run")
	} else if err := s.agent.agent.StopWork(stop.Work); err != nil {
		asked.Err = protocol.Errorf(protocol.CodeNothingToCancel, "%v", err)
	}
	s.asked = append(s.asked, asked)
}

// performOnStart carries out an effect on an agent that is not ready.
func (s *hostShell) performOnStart(e rules.Effect) {
	switch e := e.(type) {
	case host.EndAgent:
		s.agent.giveUp()
	case host.AnswerElicitation:
		if s.agent.answer != nil {
			s.agent.answer(e.RequestID, e.Reply)
		}
	}
}

// launch starts the agent. The agent's messages wait in the inbox of the run while a
// shared session is behind.
func (s *hostShell) launch(spec rules.LaunchSpec) {
	if s.agent != nil {
		s.abandon(s.agent)
	}
	starting, giveUp := context.WithCancel(context.Background())
	run := &agentRun{inbox: agentinbox.New(s.actor.hub.pace), giveUp: giveUp}
	s.agent, s.actor.agent = run, run.inbox
	receipt.Join(s.factsFrom).Release()
	s.facts, s.factsFrom = factbuffer.Buffer{WithUsage: spec.Remote}, nil
	s.facts.Block(time.Now()) // usually until the agent is ready
	release, ok := s.actor.hub.agents.Take(spec.Owner)
	if !ok {
		giveUp()
		run.inbox.Put(agentStarted{err: s.actor.hub.slotsTaken(spec.Owner)})
		return
	}
	launcher := s.actor.hub.launcher
	s.work.Go(func() {
		defer giveUp()
		agent, err := launcher.Launch(starting, spec, func(e rules.AgentEvent) {
			if isExit(e) {
				release()
			}
			run.inbox.Put(e)
		})
		if err != nil {
			release()
		}
		if !run.inbox.Put(agentStarted{agent, err}) && agent != nil {
			s.stopAgent(agent)
		}
	})
}

// errNotRestored says that an agent that should have run on is lost.
var errNotRestored = errors.New("the agent could not be continued")

// restore continues with an agent that has run on while this process did not.
func (s *hostShell) restore(spec rules.RestoreSpec) {
	run := &agentRun{inbox: agentinbox.New(s.actor.hub.pace), giveUp: func() {}}
	s.agent, s.actor.agent = run, run.inbox
	s.facts = factbuffer.Buffer{WithUsage: true}
	release, counted := s.actor.hub.agents.Take(spec.Owner)
	if !counted {
		release = func() {} // it ran before others were started
	}
	restorer, ok := s.actor.hub.launcher.(Restorer)
	err := errNotRestored
	if ok {
		run.agent, err = restorer.Restore(spec, func(e rules.AgentEvent) {
			if isExit(e) {
				release()
			}
			run.inbox.Put(e)
		})
	}
	if err != nil {
		release()
		s.actor.log.Warn("the agent of a connector is lost", zap.Error(err))
		run.agent = nil
		s.work.Go(func() { run.inbox.Put(agentStarted{err: errNotRestored}) })
	}
}

// isExit reports whether an event is the exit of the agent.
func isExit(e rules.AgentEvent) bool {
	if f, framed := e.(rules.Framed); framed {
		e = f.Event
	}
	_, exited := e.(rules.AgentExited)
	return exited
}

// abandon gives up a run's start, drops its messages, and ends an agent that has just
// started.
func (s *hostShell) abandon(run *agentRun) {
	run.giveUp()
	for _, message := range run.inbox.Close() {
		if started, ok := message.(agentStarted); ok && started.agent != nil {
			run.agent = started.agent
			s.end(run)
		}
	}
}

// end stops a run's agent in the background. [rules.AgentExited] reports the end.
func (s *hostShell) end(run *agentRun) {
	if run.ending {
		return
	}
	run.ending, run.ended = true, make(chan struct{})
	agent := run.agent
	s.work.Go(func() {
		defer close(run.ended)
		s.stopAgent(agent)
	})
}

// closeConnector closes the connector of a session that was deleted, once the agent has
// ended.
func (s *hostShell) closeConnector() {
	closer, ok := s.actor.hub.launcher.(ConnectorCloser)
	if !ok {
		return
	}
	var ended chan struct{}
	if s.agent != nil {
		ended = s.agent.ended
	}
	s.work.Go(func() {
		if ended != nil {
			<-ended
		}
		closer.CloseConnector(s.actor.id)
	})
}

// stopAgent stops an agent, for at most AgentStopTimeout.
func (s *hostShell) stopAgent(agent Agent) {
	ctx, cancel := context.WithTimeout(context.Background(), s.actor.hub.options.AgentStopTimeout)
	defer cancel()
	if err := agent.Stop(ctx); err != nil {
		s.actor.log.Warn("the agent could not be stopped cleanly", zap.Error(err))
	}
}

// stop ends the agent unless it outlives this process, and waits for every start and stop.
func (s *hostShell) stop() {
	if s.agent != nil {
		if survivor, ok := s.agent.agent.(Survivor); ok && s.state().Outlives() {
			defer survivor.Leave()()
			s.agent.agent = nil
		}
		s.abandon(s.agent)
		if s.agent.agent != nil {
			s.end(s.agent)
		}
	}
	s.work.Wait()
}

// translate replaces inboxReady by the agent's next message. Facts about the agent are
// gathered, and reach the state with other inputs or when they are due.
func (s *hostShell) translate(in envelope) (envelope, bool) {
	if _, ok := in.Body.(inboxReady); ok {
		if in, ok = s.nextMessage(in); !ok {
			return in, false
		}
	}
	in.Body = s.facts.Combine(s.track(in.Body), time.Now())
	return s.withFactsFrom(in), in.Body != nil
}

// withFactsFrom adds the receipts of the gathered facts to an input that takes them.
func (s *hostShell) withFactsFrom(in envelope) envelope {
	switch in.Body.(type) {
	case host.FactsLearned, host.WithFacts:
		if in.receipt != nil {
			s.factsFrom = append(s.factsFrom, in.receipt)
		}
		in.receipt, s.factsFrom = receipt.Join(s.factsFrom), nil
	}
	return in
}

// nextMessage makes the oldest message of the agent the body of an input. ok is false if the
// state has nothing to decide on.
func (s *hostShell) nextMessage(in envelope) (_ envelope, ok bool) {
	s.lastMessage = time.Now()
	message, _ := s.agent.inbox.Take()
	if f, framed := message.(rules.Framed); framed {
		message, in.Origin, in.receipt = f.Event, f.Origin, receipt.New(f.Done)
	}
	switch m := message.(type) {
	case agentStarted:
		in.Body = s.started(m)
		return in, true
	case rules.AgentExited:
		if s.agent.agent == nil {
			s.agent.exited = &m // agentStarted follows
			break
		}
		in.Body = host.AgentReported{Event: m}
		return in, true
	case rules.AgentReachable:
		s.agent.answer = m.Answer
	case rules.AgentUpdated:
		return s.factsReported(in, m)
	case rules.AgentEvent:
		in.Body = host.AgentReported{Event: m}
		return in, true
	}
	in.receipt.Release()
	return in, false
}

// factsReported returns the input for facts, which have no place among the other messages.
// The receipt waits with the facts.
func (s *hostShell) factsReported(in envelope, m rules.AgentUpdated) (_ envelope, ok bool) {
	if !in.Origin.IsZero() && !in.Origin.After(s.state().Origin) {
		in.receipt.Release() // sent again
		return in, false
	}
	if in.receipt != nil {
		s.factsFrom = append(s.factsFrom, in.receipt)
	}
	in.Body, in.Origin, in.receipt = host.AgentReported{Event: m}, rules.Origin{}, nil
	return in, true
}

// started returns the input for the outcome of a start.
func (s *hostShell) started(m agentStarted) rules.Body {
	if m.err == errNotRestored {
		return host.AgentReported{Event: rules.AgentExited{}}
	}
	if m.err != nil {
		s.actor.log.Warn("the agent could not be started", zap.Error(m.err))
		return host.LaunchFailed{Err: m.err}
	}
	s.agent.agent = m.agent
	if s.agent.exited != nil {
		return host.LaunchFailed{Err: errors.New(host.ExitFailure(*s.agent.exited))}
	}
	var memory json.RawMessage
	if survivor, ok := m.agent.(Survivor); ok {
		memory = survivor.Memory()
	}
	return host.Launched{
		SessionID: m.agent.SessionID(),
		Memory:    memory,
		CanLoad:   m.agent.CanLoad(),
		Continued: m.agent.Continued(),
		LoadError: m.agent.LoadError(), Defaults: m.agent.Defaults(), IdleTimeout: m.agent.IdleTimeout(),
	}
}

// track notes which shared sessions are open, and marks the end of the last one. The
// state does not hold them: it would grow with their number, and each one would cost an
// append.
func (s *hostShell) track(body rules.Body) rules.Body {
	switch m := body.(type) {
	case rules.SharedOpened:
		s.open[m.Shared] = struct{}{}
	case rules.RestartAgent:
		_, own := s.open[m.Shared]
		m.Others = len(s.open) > 1 || len(s.open) == 1 && !own
		return m
	case rules.SharedClosed:
		delete(s.open, m.Shared)
		m.Last = len(s.open) == 0
		return m
	}
	return body
}

// due returns when facts are due, or the agent has been silent for too long.
func (s *hostShell) due() time.Time {
	if len(s.asked) > 0 {
		return s.lastMessage // at once
	}
	facts, silence := s.facts.Due(), s.silenceDue()
	if facts.IsZero() || !silence.IsZero() && silence.Before(facts) {
		return silence
	}
	return facts
}

// silenceDue returns when the agent has been silent for too long; zero for never. It is
// zero while a batch is pending, since the agent's prompt or answer may be in it.
func (s *hostShell) silenceDue() time.Time {
	if s.actor.recovery.running() || len(s.actor.pending) > 0 || !s.state().ExpectsOutput() {
		return time.Time{}
	}
	return s.lastMessage.Add(s.actor.hub.rules.SilenceAfter)
}

// wake passes on facts that are due, and reports an agent that is silent for too long.
func (s *hostShell) wake(now time.Time) {
	asked := s.asked
	s.asked = nil
	for _, outcome := range asked {
		s.actor.take(unanswered(outcome))
	}
	if facts, some := s.facts.TakeDue(now); some {
		s.actor.take(s.withFactsFrom(unanswered(host.FactsLearned{Facts: facts})))
	}
	if due := s.silenceDue(); !due.IsZero() && !due.After(now) {
		s.actor.take(unanswered(host.AgentSilent{Since: s.lastMessage}))
	}
}
