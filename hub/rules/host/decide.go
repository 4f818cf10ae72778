package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Decide implements [rules.State].
func (s *State) Decide(in rules.Input) rules.Decision {
	switch m := in.Body.(type) {
	case Create:
		return s.create(in, m)
	case withFacts:
		return s.recordFactsFirst(in, m)
	}
	if !s.exists() {
		return s.decideDeleted(in)
	}
	switch m := in.Body.(type) {
	case Read:
		return rules.Decision{Answer: &protocol.HostSessionAnswer{Session: s.resource()}}
	case Delete:
		return s.delete()
	case rules.Tick:
		return s.tick(in)
	case rules.Loaded:
		return s.loaded(m)
	case rules.Shutdown:
		return s.loseAgent("the server was stopped while the prompt was running").With(EndAgent{})
	case FactsLearned:
		return s.recordFacts(m.Facts)
	case Launched:
		return s.launched(m)
	case LaunchFailed:
		return s.launchFailed(m)
	case AgentReported:
		return s.agentSays(m.Event)
	case AgentSilent:
		return s.reportSilence(m)
	case rules.PermissionAnswer:
		return s.answerPermission(m)
	case rules.SharedOpened:
		return s.sharedOpened(m)
	case rules.SharedClosed:
		return s.sharedClosed(m)
	case rules.StopAgent:
		return s.stopAgent()
	}
	return s.decideTurn(in)
}

// decideDeleted decides for a session that was deleted or never created.
func (s *State) decideDeleted(in rules.Input) rules.Decision {
	switch m := in.Body.(type) {
	case rules.Dispatch:
		if d, known := s.reportTurn(m.Turn); known {
			return d
		}
		return rules.Decision{}.With(rules.Send{To: m.Turn.Shared, Message: rules.TurnEnded{Approval: m.Turn.Approval, Failure: sessionDeleted}})
	case rules.Loaded:
		return s.resendEnds(rules.Decision{})
	case rules.SharedOpened:
		return s.sendState(m)
	case rules.PermissionAnswer:
		return s.answerPermission(m)
	case rules.ConfirmEnd:
		return s.decideTurn(in)
	case Launched:
		return rules.Decision{Effects: []rules.Effect{EndAgent{}}} // the start was under way
	case rules.Tick, rules.Shutdown, AgentSilent, AgentReported, FactsLearned, LaunchFailed, rules.CancelTurn, rules.SharedClosed:
		return rules.Decision{}
	}
	return rules.Refuse(protocol.CodeHostSessionNotFound, "no such host session")
}

// sessionDeleted is the failure of a turn whose host session was deleted.
const sessionDeleted = "the agent's session was deleted"

func (s *State) delete() rules.Decision {
	d := s.endAgent(sessionDeleted, "")
	d.Events = append(d.Events, rules.Event{Public: &deletedEvent{}})
	d.Answer = struct{}{}
	return d.With(EndAgent{}, rules.Release{
		Hold: holdLaunch,
		Err:  protocol.Errorf(protocol.CodeHostSessionNotFound, "the host session was deleted"),
	})
}

// AgentReported decides on a message of the agent, or on its exit.
func (s *State) agentSays(said rules.AgentEvent) rules.Decision {
	if _, exits := said.(rules.AgentExited); !exits && s.Running != nil && s.Running.SilentSince != nil {
		return s.setSilence(nil).Then(s.agentSaid(said))
	}
	return s.agentSaid(said)
}

func (s *State) agentSaid(said rules.AgentEvent) rules.Decision {
	switch e := said.(type) {
	case rules.Notifications:
		return rules.Decision{Effects: []rules.Effect{Broadcast{rules.AgentNotified{Notifications: e}}}}
	case rules.AgentPermission:
		return s.requestPermission(e)
	case rules.AgentWithdrawn:
		return s.withdrawPermission(rules.Decision{}, e.RequestID)
	case rules.AgentTurnEnded:
		return s.turnEnded(e)
	case rules.AgentProgress:
		return s.progress(e)
	case rules.AgentStrayOutput:
		return s.strayOutput()
	case rules.AgentExited:
		return s.exited(e)
	}
	return rules.Decision{}
}
