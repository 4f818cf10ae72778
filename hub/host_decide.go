package hub

import (
	"errors"
	"fmt"
	"slices"

	"parley/protocol"
)

// decide says what an input leads to. It changes nothing: the caller applies
// the events.
func (s *hostState) decide(in input) decision {
	switch m := in.body.(type) {
	case createHost:
		return s.create(in, m)
	case learnedBefore:
		return s.learnFirst(in, m)
	}
	if !s.exists() {
		return s.decideDeleted(in)
	}
	switch m := in.body.(type) {
	case readHost:
		return decision{answer: &protocol.HostSessionAnswer{Session: s.resource()}}
	case tick:
		return s.tick(in)
	case woken:
		return s.recover(m, "the server was restarted while the prompt was running")
	case shutdown:
		return s.lose("the server was stopped while the prompt was running").with(endAgent{})
	case deleteHost:
		return s.delete()
	case learned:
		return s.learn(m.facts)
	case launched, launchFailed, agentSays:
		return s.agent(in, m)
	case permissionAnswer:
		return s.answered(m)
	case sharedOpened:
		return s.open(m)
	case sharedClosed:
		return s.closed(m)
	case agentSilent:
		return s.fallSilent(m)
	case stopAgent:
		return s.stop()
	}
	return s.decideTurn(in)
}

// decideDeleted answers for a session that is no more.
func (s *hostState) decideDeleted(in input) decision {
	switch m := in.body.(type) {
	case dispatch:
		if d, known := s.report(m.turn); known {
			return d
		}
		return decision{}.with(tell{m.turn.Shared, turnEnded{approval: m.turn.Approval, failure: "the agent's session was deleted"}})
	case woken:
		return s.tellEnds(decision{}, s.Ended)
	case sharedOpened:
		return s.greet(m)
	case permissionAnswer:
		return s.answered(m)
	case confirmEnd:
		return s.decideTurn(in)
	case launched:
		return decision{effects: []effect{endAgent{}}} // it was on its way
	case tick, shutdown, agentSilent, agentSays, learned, launchFailed, cancelTurn, sharedClosed:
		return decision{}
	}
	return refuse(protocol.CodeHostSessionNotFound, "no such host session")
}

// holdLaunch names the replies that wait for the agent to be ready.
const holdLaunch = "launch"

func agentIs(status protocol.AgentStatus) *hostAgent {
	return &hostAgent{AgentStatusChanged: protocol.AgentStatusChanged{Status: status}}
}

// launch starts the agent again, on the session it had if it can load that.
func (s *hostState) launch(d decision) decision {
	d.events = append(d.events, event{public: agentIs(protocol.AgentStarting)})
	return d.with(
		launchAgent{LaunchSpec{
			HostSession: s.ID,
			Profile:     s.Session.Agent,
			Cwd:         s.Cwd,
			Load:        s.earlier(),
			MaxEvent:    s.rules.MaxEvent,
		}},
		tellOpen{agentChanged{status: protocol.AgentStatusChanged{Status: protocol.AgentStarting}}})
}

// agent decides on what becomes of the agent and on what it says.
func (s *hostState) agent(in input, message any) decision {
	switch m := message.(type) {
	case launched:
		return s.launched(in, m)
	case launchFailed:
		return s.launchFailed(m)
	case agentSays:
		return s.agentSays(in, m.event)
	}
	return decision{}
}

func (s *hostState) launched(in input, m launched) decision {
	if s.Agent == protocol.AgentEnding { // it was asked to end before it was ready
		return decision{}.with(endAgent{})
	}
	ready := agentIs(protocol.AgentIdle)
	ready.Session, ready.CanLoad = m.sessionID, m.canLoad
	ready.Anew = s.earlier() == "" || m.loadError != nil
	d := decision{events: []event{{public: ready}}}
	d = d.with(
		tellOpen{agentChanged{status: ready.AgentStatusChanged}},
		release{hold: holdLaunch, answer: &protocol.HostSessionAnswer{Session: s.ready()}})
	if s.Worked {
		d = d.with(tellOpen{agentContinues{s.continuation(m.loadError)}})
	}
	if len(s.Queue) > 0 {
		return s.begin(d, s.Queue[0])
	}
	return d
}

// launchFailed ends a session whose agent never ran, and otherwise fails what
// waits for the agent. An agent that cannot load its session gets a new one.
func (s *hostState) launchFailed(m launchFailed) decision {
	if s.Agent == protocol.AgentEnding {
		return s.tellStatus(s.lose(stopped)).with(s.refuseCreation(stopped, m.err))
	}
	if errors.Is(m.err, ErrCannotLoad) && s.earlier() != "" {
		return s.launchAnew(m.err)
	}
	failure := fmt.Sprintf("the agent could not be started: %v", m.err)
	d := s.end(failure, launchCode(m.err))
	if s.AgentSession == "" {
		d.events = append(d.events, event{public: &hostDeleted{NeverRan: true}})
	}
	return d.with(s.refuseCreation(failure, m.err))
}

// refuseCreation answers whoever waits for the agent.
func (s *hostState) refuseCreation(failure string, err error) effect {
	return release{hold: holdLaunch, other: protocol.Errorf(launchCode(err), "%s", failure)}
}

// launchCode tells what asking again cannot change from what it can.
func launchCode(err error) protocol.Code {
	if _, full := errors.AsType[noSlotError](err); full {
		return protocol.CodeTooManyAgents
	}
	switch {
	case errors.Is(err, ErrCwdNotAllowed):
		return protocol.CodeInvalidRequest // the client chose it, and may choose another
	case errors.Is(err, ErrNoProfile), errors.Is(err, ErrNoCommand), errors.Is(err, ErrNoDir):
		return protocol.CodeAgentNotFound // until the operator has put it there
	case errors.Is(err, ErrAuthRequired):
		return protocol.CodeAgentAuthRequired
	case errors.Is(err, ErrAgentFailed):
		return protocol.CodeAgentFailed
	}
	return protocol.CodeAgentUnavailable
}

func (s *hostState) agentSays(in input, said AgentEvent) decision {
	if _, exits := said.(AgentExited); !exits && s.Running != nil && s.Running.SilentSince != nil {
		return s.heard(in, said)
	}
	switch e := said.(type) {
	case notifications:
		return decision{effects: []effect{tellOpen{agentSaid{e}}}}
	case AgentPermission:
		return s.ask(e)
	case AgentWithdrawn:
		return s.withdraw(decision{}, e.RequestID)
	case AgentTurnEnded:
		return s.turnAnswered(e)
	case AgentProgress:
		return s.progress(e)
	case AgentStrayOutput:
		return s.strayOutput()
	case AgentExited:
		return s.exited(e)
	}
	return decision{}
}

// exited fails the running turn. What is queued goes on with a new process.
func (s *hostState) exited(e AgentExited) decision {
	failure := exitFailure(e)
	if s.Agent == protocol.AgentEnding {
		failure = stopped
	}
	d := s.lose(failure)
	changed := lastStatus(d)
	changed.ExitCode = e.ExitCode
	if e.StderrTail != "" {
		changed.StderrTail = &e.StderrTail
	}
	if s.LetGo && s.Occupied && len(s.Queue) == 0 {
		return s.launch(d) // it is needed again
	}
	return s.tellStatus(d)
}

func exitFailure(e AgentExited) string {
	if e.ExitCode != nil {
		return fmt.Sprintf("the agent exited with code %d", *e.ExitCode)
	}
	return "the agent ended"
}

// recover makes up for a crash: there is no agent, whatever the state says,
// shared sessions may have ended without its knowing, and others may not know
// how their turns ended.
func (s *hostState) recover(m woken, failure string) decision {
	var d decision
	occupied := s.settleOccupied(m.open)
	if s.Agent != protocol.AgentExited {
		d = s.lose(failure)
		lost := lastStatus(d)
		d = d.with(tellOpen{agentChanged{lost.AgentStatusChanged}})
	}
	d.events = append(occupied, d.events...)
	after := *s
	after.Queue = nil
	for _, t := range s.Queue {
		if slices.Contains(m.open, t.Shared) {
			after.Queue = append(after.Queue, t)
		} else {
			d = s.over(d, t, "", "the session has ended", "")
		}
	}
	return s.tellEnds(after.resumeQueue(d), s.Ended)
}

// tellEnds says again how turns ended, as nobody has confirmed that.
func (s *hostState) tellEnds(d decision, ended []endedTurn) decision {
	for _, t := range ended {
		d = d.with(tell{t.Turn.Shared, turnEnded{t.Turn.Approval, t.StopReason, t.Failure, t.Code}})
	}
	return d
}

// lose decides that there is no agent any more: questions are void and the
// running turn has failed. Its last event is the agent's status.
func (s *hostState) lose(failure string) decision {
	var d decision
	for _, p := range s.Permissions {
		d = s.withdraw(d, p.Permission.RequestID)
	}
	if s.Running != nil {
		if s.Running.Cancelling != "" {
			failure = s.Running.Cancelling
		}
		d = s.over(d, s.Running.Turn, "", failure, "")
	}
	d.events = append(d.events, event{public: agentIs(protocol.AgentExited)})
	return d
}

// lastStatus is the agent's status, which lose has made the last event of d.
func lastStatus(d decision) *hostAgent { return d.events[len(d.events)-1].public.(*hostAgent) }

// tellStatus tells everybody the agent's status, which is d's last event, and
// sees to the queue.
func (s *hostState) tellStatus(d decision) decision {
	changed := lastStatus(d)
	d = d.with(tellOpen{agentChanged{changed.AgentStatusChanged}})
	return s.resumeQueue(d)
}

// resumeQueue starts the agent for what waits.
func (s *hostState) resumeQueue(d decision) decision {
	if len(s.Queue) == 0 {
		return d
	}
	return s.launch(d)
}

// end decides that the agent is not there and fails everything that waits for
// it.
func (s *hostState) end(failure string, code protocol.Code) decision {
	d := s.lose(failure)
	status := lastStatus(d)
	status.Detail = failure
	for _, t := range s.Queue {
		d = s.over(d, t, "", failure, code)
	}
	return d.with(tellOpen{agentChanged{status.AgentStatusChanged}})
}

func (s *hostState) delete() decision {
	d := s.end("the agent's session was deleted", "")
	d.events = append(d.events, event{public: &hostDeleted{}})
	d.answer = struct{}{}
	return d.with(endAgent{}, release{
		hold:  holdLaunch,
		other: protocol.Errorf(protocol.CodeHostSessionNotFound, "the host session was deleted"),
	})
}
