package hub

import "parley/protocol"

// decide implements [state].
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
	case deleteHost:
		return s.delete()
	case tick:
		return s.tick(in)
	case woken:
		return s.recover(m)
	case shutdown:
		return s.lose("the server was stopped while the prompt was running").with(endAgent{})
	case learned:
		return s.learn(m.facts)
	case launched:
		return s.launched(m)
	case launchFailed:
		return s.launchFailed(m)
	case agentSays:
		return s.agentSays(m.event)
	case agentSilent:
		return s.fallSilent(m)
	case permissionAnswer:
		return s.answered(m)
	case sharedOpened:
		return s.open(m)
	case sharedClosed:
		return s.closed(m)
	case stopAgent:
		return s.stop()
	}
	return s.decideTurn(in)
}

// decideDeleted decides for a session that was deleted or never created.
func (s *hostState) decideDeleted(in input) decision {
	switch m := in.body.(type) {
	case dispatch:
		if d, known := s.report(m.turn); known {
			return d
		}
		return decision{}.with(tell{m.turn.Shared, turnEnded{approval: m.turn.Approval, failure: sessionDeleted}})
	case woken:
		return s.reportEnds(decision{})
	case sharedOpened:
		return s.greet(m)
	case permissionAnswer:
		return s.answered(m)
	case confirmEnd:
		return s.decideTurn(in)
	case launched:
		return decision{effects: []effect{endAgent{}}} // the start was under way
	case tick, shutdown, agentSilent, agentSays, learned, launchFailed, cancelTurn, sharedClosed:
		return decision{}
	}
	return refuse(protocol.CodeHostSessionNotFound, "no such host session")
}

// sessionDeleted is the failure of a turn whose host session was deleted.
const sessionDeleted = "the agent's session was deleted"

func (s *hostState) delete() decision {
	d := s.end(sessionDeleted, "")
	d.events = append(d.events, event{public: &hostDeleted{}})
	d.answer = struct{}{}
	return d.with(endAgent{}, release{
		hold:  holdLaunch,
		other: protocol.Errorf(protocol.CodeHostSessionNotFound, "the host session was deleted"),
	})
}

// agentSays decides on a message of the agent, or on its exit.
func (s *hostState) agentSays(said AgentEvent) decision {
	if _, exits := said.(AgentExited); !exits && s.Running != nil && s.Running.SilentSince != nil {
		return s.silence(nil).then(s.agentSaid(said))
	}
	return s.agentSaid(said)
}

func (s *hostState) agentSaid(said AgentEvent) decision {
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
