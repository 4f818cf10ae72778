package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Decide implements [rules.State].
func (s *State) Decide(in rules.Input) rules.Decision {
	return s.withQueueReports(s.withCalls(s.decide(in)))
}

func (s *State) decide(in rules.Input) rules.Decision {
	switch m := in.Body.(type) {
	case Create:
		return s.create(in, m)
	case WithFacts:
		return s.recordFactsFirst(in, m)
	}
	if !s.exists() {
		return s.decideDeleted(in)
	}
	switch m := in.Body.(type) {
	case Read:
		return rules.Decision{Answer: &protocol.HostSessionAnswer{Session: s.resource()}}
	case ReadOrigin:
		return s.readOrigin(m)
	case Delete:
		return s.delete(m)
	case rules.Tick:
		return s.tick(in)
	case rules.Loaded:
		return s.loaded(in, m)
	case ConnectorChanged:
		return s.connectorChanged(in, m)
	case FrameSent:
		return s.frameSent(m)
	case rules.Shutdown:
		if s.Outlives() {
			return rules.Decision{}
		}
		return s.loseAgent("the server was stopped while the prompt was running", changeStopped).With(EndAgent{})
	case FactsLearned:
		return s.recordFacts(m.Facts)
	case Launched:
		return s.launched(m)
	case LaunchFailed:
		return s.launchFailed(m)
	case AgentReported:
		if !in.Origin.IsZero() && !in.Origin.After(s.Origin) {
			return rules.Decision{} // sent again
		}
		return s.agentReported(m.Event)
	case AgentSilent:
		return s.reportSilence(m)
	case StopAsked:
		return s.stopAsked(m)
	case rules.Message:
		return s.receive(m)
	case Cancel:
		if s.Running == nil {
			return rules.Refuse(protocol.CodeNothingToCancel, "no prompt is running")
		}
		return s.cancelTurn(s.Running.Turn.Approval, rules.Cancelled)
	}
	return rules.Refuse(protocol.CodeInternal, "unknown input %T", in.Body)
}

// receive decides on a message of a shared session.
func (s *State) receive(message rules.Message) rules.Decision {
	switch m := message.(type) {
	case rules.Dispatch:
		return s.queueTurn(m.Turn)
	case rules.CancelTurn:
		return s.cancelTurn(m.Approval, m.Failure)
	case rules.EditTurn:
		return s.editTurn(m)
	case rules.MoveTurn:
		return s.moveTurn(m)
	case rules.ConfirmEnd:
		return s.confirmEnd(m)
	case rules.QuestionAnswer:
		return s.answerQuestion(m)
	case rules.SharedOpened:
		return s.sharedOpened(m)
	case rules.SharedClosed:
		return s.sharedClosed(m)
	case rules.Configure:
		return s.configure(m)
	case rules.Recap:
		return s.recapped(m)
	case rules.RestartAgent:
		return s.restart(m)
	case rules.StopAgent:
		return s.stopAgent()
	case rules.StopWork:
		return s.stopWork(m)
	}
	return rules.Refuse(protocol.CodeInternal, "unknown message %T", message)
}

// notified passes notifications of the agent on to the shared sessions, which keep them.
func (s *State) notified(m rules.AgentNotified) rules.Decision {
	var d rules.Decision
	if s.Replaying && !s.Replayed {
		d.Events = []rules.Event{{Public: &replayedEvent{}}}
	}
	return d.With(Broadcast{m})
}

// decideDeleted decides for a session that was deleted or never created.
func (s *State) decideDeleted(in rules.Input) rules.Decision {
	switch m := in.Body.(type) {
	case ConnectorChanged:
		if !m.Connected {
			return rules.Decision{}
		}
	case rules.Dispatch:
		if d, known := s.reportTurn(m.Turn); known {
			return d
		}
		return rules.Decision{}.With(rules.Send{To: m.Turn.Shared, Message: rules.TurnEnded{Approval: m.Turn.Approval, Failure: sessionDeleted}})
	case rules.Loaded:
		return s.resendEnds(rules.Decision{})
	case rules.SharedOpened:
		return s.sendState(m)
	case rules.QuestionAnswer:
		return s.answerQuestion(m)
	case rules.Configure:
		return refuseChange(m, sessionDeleted)
	case rules.EditTurn:
		return s.editTurn(m)
	case rules.MoveTurn:
		return s.moveTurn(m)
	case rules.RestartAgent:
		gone := protocol.Errorf(protocol.CodeHostSessionNotFound, sessionDeleted)
		return rules.Decision{}.With(rules.Send{To: m.Shared, Message: rules.RestartRefused{ID: m.ID, Err: gone}})
	case rules.ConfirmEnd:
		return s.confirmEnd(m)
	case rules.StopWork:
		return s.stopAsked(StopAsked{m, protocol.Errorf(protocol.CodeAgentUnavailable, sessionDeleted)})
	case StopAsked:
		return s.stopAsked(m)
	case Launched:
		return rules.Decision{Effects: []rules.Effect{EndAgent{}}} // the start had begun before the deletion
	case rules.Tick, rules.Shutdown, AgentSilent, AgentReported, FactsLearned, LaunchFailed, FrameSent, rules.CancelTurn, rules.SharedClosed, rules.Recap:
		return rules.Decision{}
	}
	return rules.Refuse(protocol.CodeHostSessionNotFound, "no such host session")
}

// sessionDeleted is the failure of a turn whose host session was deleted.
const sessionDeleted = "the agent's session was deleted"

// delete ends the agent and the session. The agent can delete its own session only while
// it runs.
func (s *State) delete(m Delete) rules.Decision {
	switch {
	case m.AgentSession && !s.up():
		return rules.Refuse(protocol.CodeAgentUnavailable, "the agent is %s and cannot delete its session; restart it first, or keep its session", s.Agent)
	case m.AgentSession && !offers(s.Session.Facts.Capabilities, "delete"):
		return rules.Refuse(protocol.CodeInvalidRequest, "the agent does not delete its sessions")
	}
	d := s.endAgent(sessionDeleted, "")
	d.Events = append(d.Events, rules.Event{Public: &deletedEvent{}})
	d.Answer = struct{}{}
	if d = d.With(EndAgent{m.AgentSession}); s.isRemote() {
		d = d.With(CloseConnector{})
	}
	return d.With(rules.Release{
		Hold: holdLaunch,
		Err:  protocol.Errorf(protocol.CodeHostSessionNotFound, "the host session was deleted"),
	})
}

// agentReported decides on a message of the agent, or on its exit. A message ends the
// agent's silence.
func (s *State) agentReported(event rules.AgentEvent) rules.Decision {
	if _, exited := event.(rules.AgentExited); !exited && s.Running != nil && s.Running.SilentSince != nil {
		return s.setSilence(nil).Then(s.agentEvent(event))
	}
	return s.agentEvent(event)
}

// agentEvent decides on a message of the agent, or on its exit.
func (s *State) agentEvent(event rules.AgentEvent) rules.Decision {
	switch e := event.(type) {
	case rules.FramedNotifications:
		return s.notified(rules.AgentNotified(e))
	case rules.Notifications:
		return s.notified(rules.AgentNotified{Notifications: e})
	case rules.AgentPermission:
		return s.requestPermission(e)
	case rules.AgentElicitation:
		return s.requestElicitation(e)
	case rules.AgentElicitationCompleted:
		return s.elicitationCompleted(e)
	case rules.AgentElicitationRefused:
		return s.elicitationRefused(e)
	case rules.AgentWithdrawn:
		return s.withdrawnByAgent(e.RequestID)
	case rules.AgentRefused:
		return rules.Decision{}.With(RefuseRequest(e))
	case rules.AgentRemembers:
		return rules.Decision{Events: []rules.Event{{Public: &rememberedEvent{e.Progress}}}}
	case rules.AgentTurnBegan:
		return s.ownTurnBegan()
	case rules.AgentTurnEnded:
		return s.turnEnded(e)
	case rules.AgentStopRefused:
		return s.stopRefused(e.Work, e.Reason)
	case rules.AgentConfigured:
		return s.configured(e)
	case rules.AgentProgress:
		return s.progress(e)
	case rules.AgentStrayOutput:
		return s.strayOutput()
	case rules.AgentSlowed:
		return s.slowed()
	case rules.AgentExited:
		return s.exited(e)
	}
	return rules.Decision{}
}
