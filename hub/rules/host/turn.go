package host

import (
	"errors"
	"slices"

	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// confirmEnd forgets a turn whose end its shared session has confirmed.
func (s *State) confirmEnd(m rules.ConfirmEnd) rules.Decision {
	for _, t := range s.Ended {
		if t.Turn.Approval == m.Approval {
			return rules.Decision{Events: []rules.Event{{Public: &turns.ConfirmedEvent{Approval: m.Approval}}}}
		}
	}
	return rules.Decision{}
}

// queueTurn queues a prompt, or reports its progress if it is known: a prompt that is sent
// twice runs once.
func (s *State) queueTurn(t rules.Turn) rules.Decision {
	if d, known := s.reportTurn(t); known {
		return reportQueue(d, turns.Places{Shared: t.Shared, Queue: s.Places(t.Shared)})
	}
	if len(s.Queue) >= s.settings.MaxQueued {
		return rules.Decision{}.With(rules.Send{To: t.Shared, Message: rules.TurnEnded{Approval: t.Approval, Failure: "too many prompts wait for the agent"}})
	}
	d, order := rules.Decision{Events: []rules.Event{{Public: &turns.QueuedEvent{Turn: t}}}}, append(slices.Clone(s.Queue), t)
	if t.When == protocol.WhenInterrupt {
		d, order = s.interrupt(d, t)
	}
	ahead := slices.IndexFunc(order, func(o rules.Turn) bool { return o.Approval == t.Approval })
	if s.Running != nil {
		ahead++
	}
	d = d.With(rules.Send{To: t.Shared, Message: rules.TurnAccepted{Approval: t.Approval, Ahead: ahead}})
	switch {
	case s.Agent == protocol.AgentExited:
		return s.launch(d)
	case s.takesPrompts() && ahead == 0:
		return s.startTurn(d, t)
	}
	return d
}

// reportTurn reports the progress of a known turn to its shared session.
func (s *State) reportTurn(t rules.Turn) (d rules.Decision, known bool) {
	for i, q := range s.Queue {
		if q.Approval == t.Approval {
			ahead := i
			if s.Running != nil {
				ahead++
			}
			return rules.Decision{}.With(rules.Send{To: t.Shared, Message: rules.TurnAccepted{Approval: t.Approval, Ahead: ahead}}), true
		}
	}
	if s.Running != nil && s.Running.Turn.Approval == t.Approval {
		return rules.Decision{}.With(rules.Send{To: t.Shared, Message: rules.TurnStarted{Approval: t.Approval}}), true
	}
	for _, e := range s.Ended {
		if e.Turn.Approval == t.Approval {
			return rules.Decision{}.With(report(e)), true
		}
	}
	return rules.Decision{}, false
}

// startTurn starts a turn of an agent that is ready and has none. If the agent's session
// does not remember the shared session, it asks for a recap first.
func (s *State) startTurn(d rules.Decision, t rules.Turn) rules.Decision {
	if s.Renewals == 0 || slices.Contains(s.Recapped, t.Shared) {
		return s.sendTurn(d, t, "")
	}
	d.Events = append(d.Events, rules.Event{Public: &recapWantedEvent{t.Approval}})
	return d.With(s.wantRecap(t))
}

// sendTurn sends a turn to the agent, after the recap unless that is empty.
func (s *State) sendTurn(d rules.Decision, t rules.Turn, recap string) rules.Decision {
	d.Events = append(d.Events, rules.Event{Public: &turns.StartedEvent{Approval: t.Approval}})
	return d.With(
		rules.Send{To: t.Shared, Message: rules.TurnStarted{Approval: t.Approval}},
		PromptAgent{s.promptOf(t, recap)})
}

// promptOf returns what the agent receives for a turn.
func (s *State) promptOf(t rules.Turn, recap string) rules.AgentPrompt {
	return rules.AgentPrompt{
		Turn: t.Approval, Shared: t.Shared, Recap: recap, Attribution: s.attributionText(t), Text: t.Prompt, Content: t.Content, Meta: attributionOf(t),
	}
}

// endTurn ends a turn and reports the end to its shared session.
func (s *State) endTurn(d rules.Decision, e turns.Ended) rules.Decision {
	d.Events = append(d.Events, rules.Event{Public: e.Event()})
	return d.With(report(e))
}

// report returns the effect that reports the end of a turn to its shared session, or to
// all of them if the agent began it.
func report(e turns.Ended) rules.Effect {
	if turns.IsOwn(e.Turn) {
		return Broadcast{rules.OwnTurnEnded{StopReason: e.StopReason, Failure: e.Failure}}
	}
	return rules.Send{To: e.Turn.Shared, Message: rules.TurnEnded{
		Approval: e.Turn.Approval, StopReason: e.StopReason, Failure: e.Failure, Code: e.Code, By: e.By, Edit: e.Edit, Replaces: e.Turn.Replaces,
	}}
}

// turnEnded ends the running turn with the agent's answer. A turn that was cancelled has
// failed, whatever its stop reason, since some agents send end_turn.
func (s *State) turnEnded(e rules.AgentTurnEnded) rules.Decision {
	if s.Abandoned != nil && *s.Abandoned == e.Turn {
		return s.abandonedEnded(rules.Decision{})
	}
	if s.Running == nil || s.Running.Turn.Approval != e.Turn {
		return rules.Decision{}
	}
	ended := turns.Ended{Turn: s.Running.Turn, StopReason: e.StopReason, By: s.Running.CancelledBy}
	switch {
	case s.Running.Cancelling != "":
		ended.Failure = s.Running.Cancelling
	case e.Err != nil:
		ended.Failure = e.Err.Error()
		if errors.Is(e.Err, rules.ErrAuthRequired) {
			ended.Code = protocol.CodeAgentAuthRequired
		} else if e, ok := errors.AsType[*protocol.Error](e.Err); ok {
			ended.Failure, ended.Code = e.Message, e.Code
		}
	}
	d := s.endTurn(s.withdrawQuestions(rules.Decision{}), ended)
	if s.Running.Unresponsive && s.up() {
		d = d.With(Broadcast{rules.AgentChanged{Status: protocol.AgentStatusChanged{Status: protocol.AgentIdle}}})
	}
	if len(s.Queue) > 0 && s.takesPrompts() {
		return s.startTurn(d, s.Queue[0])
	}
	return d
}

// cancelTurn removes a turn from the queue, or asks the agent to end the running turn. If
// the turn was edited, and its shared session does not know that yet, it cancels the turn
// that took its place.
func (s *State) cancelTurn(approval, failure string) rules.Decision {
	if i := slices.IndexFunc(s.Ended, func(e turns.Ended) bool { return e.Turn.Approval == approval && e.Edit.InPlace() }); i >= 0 {
		return s.cancelTurn(s.Ended[i].Edit.Replacement.ID, failure)
	}
	if i := s.Queued(approval); i >= 0 {
		return s.endTurn(rules.Decision{}, turns.Ended{Turn: s.Queue[i], Failure: failure})
	}
	if s.Running == nil || s.Running.Turn.Approval != approval || s.Running.Cancelling != "" {
		return rules.Decision{}
	}
	return s.cancelRunning(failure, nil)
}

// cancelRunning asks the agent to end the running turn. by is the participant who does
// that; nil if the turn's shared session knows. Questions are answered as
// cancelled first, as the Agent Client Protocol requires.
func (s *State) cancelRunning(failure string, by *protocol.Participant) rules.Decision {
	var d rules.Decision
	for _, p := range s.Questions {
		d = s.cancelQuestion(d, p, protocol.SourceCancel)
	}
	d.Events = append(d.Events, rules.Event{Public: &turns.CancellingEvent{Approval: s.Running.Turn.Approval, Failure: failure, By: by}})
	return d.With(CancelAgent{})
}

// tick applies the time-outs that are due.
func (s *State) tick(in rules.Input) rules.Decision {
	if d, ended := s.endDetached(in.Now); ended {
		return d
	}
	var d rules.Decision
	if s.settings.TurnTimeout > 0 && s.Running != nil && s.Running.Cancelling == "" &&
		!in.Now.Before(s.Running.Since.Deadline(s.settings.TurnTimeout)) {
		return s.cancelTurn(s.Running.Turn.Approval, "the turn took longer than "+s.settings.TurnTimeout.String())
	}
	for _, p := range s.Questions {
		if !in.Now.Before(p.RequestedAt.Deadline(s.settings.PermissionTimeout)) {
			d = s.cancelQuestion(d, p, protocol.SourceTimeout)
		}
	}
	if r := s.Running; r != nil && r.Cancelling != "" && !r.Unresponsive && !in.Now.Before(r.CancelAt.Deadline(s.settings.CancelGrace)) {
		d.Events = append(d.Events, rules.Event{Public: &turns.UnresponsiveEvent{Approval: r.Turn.Approval}})
		d = d.With(Broadcast{rules.AgentChanged{Status: protocol.AgentStatusChanged{Status: protocol.AgentUnresponsive}}})
	}
	return s.sleep(s.stopIdleAgent(s.expireChanges(d, in.Now), in.Now), in.Now)
}

// ownTurnBegan decides on an agent that begins to work without a prompt. If a turn runs,
// the agent received its prompt meanwhile.
func (s *State) ownTurnBegan() rules.Decision {
	if s.Running != nil {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &turns.OwnBeganEvent{}}}}.
		With(Broadcast{rules.OwnTurnBegan{}})
}

// stopWork asks the agent to stop a tool call or a terminal.
func (s *State) stopWork(m rules.StopWork) rules.Decision {
	if !s.up() {
		return s.stopAsked(StopAsked{m, protocol.Errorf(protocol.CodeAgentUnavailable, "the agent does not run")})
	}
	return rules.Decision{}.With(StopWork{m})
}

// stopAsked answers the shared session whose participant stops work.
func (s *State) stopAsked(m StopAsked) rules.Decision {
	return rules.Decision{}.With(rules.Send{To: m.Stop.Work.Shared, Message: rules.StopAnswered(m)})
}

func (s *State) stopRefused(w rules.Work, reason string) rules.Decision {
	return rules.Decision{}.With(rules.Send{To: w.Shared, Message: rules.StopRefused{Work: w, Reason: reason}})
}
