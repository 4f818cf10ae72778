package shared

import (
	"cmp"

	"parley/hub/rules"
	"parley/protocol"
)

// turnAccepted records that a prompt waits behind other turns. Like the reports below,
// it changes nothing if it is repeated or is about a prompt that is done.
func (s *State) turnAccepted(m rules.TurnAccepted) rules.Decision {
	o := s.OpenPrompt(m.Approval)
	if o == nil || o.Phase != phaseApproved || m.Ahead == 0 {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptQueued{ApprovalID: m.Approval, Ahead: m.Ahead}}}}
}

// turnStarted records that the agent works on a prompt.
func (s *State) turnStarted(m rules.TurnStarted) rules.Decision {
	if o := s.OpenPrompt(m.Approval); o == nil || o.Phase == phaseRunning {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptDispatchStarted{ApprovalID: m.Approval}}}}
}

// turnEnded records the end of a turn and confirms it to the host session.
func (s *State) turnEnded(m rules.TurnEnded) rules.Decision {
	o := s.OpenPrompt(m.Approval)
	if o == nil && m.Replaces != "" {
		if before := s.OpenPrompt(m.Replaces); before != nil {
			return rules.Decision{}.With(s.sendHost(rules.Dispatch{Turn: s.turnOf(before)})) // the report that introduces this turn was lost
		}
	}
	d := rules.Decision{Effects: []rules.Effect{s.sendHost(rules.ConfirmEnd{Approval: m.Approval})}}
	switch {
	case o == nil && m.Edit != nil:
		return d.With(rules.Release{Hold: holdEdit + m.Approval, Err: cmp.Or(s.requireActive(), tooLate())})
	case o == nil:
		return d
	case m.Edit != nil:
		return s.turnEdited(d, o, m.Edit)
	case m.By != nil && !o.Cancelled:
		d.Events = []rules.Event{{Public: &protocol.PromptCancelled{ApprovalID: m.Approval, Participant: *m.By}}}
	}
	if dir, connector := s.WorkingDir(); dir != "" && s.Active() && o.Phase == phaseRunning {
		d = d.With(RecordTurn{Dir: dir, Connector: connector, Approval: m.Approval})
	}
	if m.Failure != "" {
		d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchFailed{ApprovalID: m.Approval, Error: m.Failure, Code: m.Code}})
		return d
	}
	d.Events = append(d.Events, rules.Event{Public: &protocol.PromptDispatchCompleted{ApprovalID: m.Approval, StopReason: m.StopReason}})
	return d
}

// ownTurnBegan records that the agent works without a prompt, once.
func (s *State) ownTurnBegan() rules.Decision {
	if !s.Active() || s.OwnTurn != nil {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.AgentTurnStarted{}}}}
}

// ownTurnEnded records that the agent does not work without a prompt any more.
func (s *State) ownTurnEnded(m rules.OwnTurnEnded) rules.Decision {
	if !s.Active() || s.OwnTurn == nil {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.AgentTurnEnded{StopReason: m.StopReason, Error: m.Failure}}}}
}

// cancelOwnTurn cancels what the agent does without a prompt.
func (s *State) cancelOwnTurn(p protocol.Participant) rules.Decision {
	if p.Role != protocol.RoleHost {
		return rules.Refuse(protocol.CodeHostRequired, "only the host can cancel what the agent does without a prompt")
	}
	if s.OwnTurn.Cancelled {
		return rules.Decision{Answer: &protocol.CancelAnswer{}}
	}
	return rules.Decision{
		Events:  []rules.Event{rules.PrimaryEvent(&protocol.AgentTurnCancelled{Participant: p})},
		Effects: []rules.Effect{s.sendHost(rules.CancelTurn{Failure: rules.Cancelled})},
	}
}

// holdStop precedes what identifies a command that stops work in the name under which it
// waits.
const holdStop = "stop "

// stopWork asks the host session to stop a tool call or a terminal. The command waits for
// its answer, since only the agent's side knows what can be stopped.
func (s *State) stopWork(in rules.Input, c *protocol.StopWork, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	switch s.Agent {
	case protocol.AgentStarting, protocol.AgentEnding, protocol.AgentExited:
		return rules.Refuse(protocol.CodeAgentUnavailable, "the agent is %s", s.Agent)
	}
	m := rules.StopWork{
		Work: rules.Work{Shared: s.ID, ToolCallID: c.ToolCallID, TerminalID: c.TerminalID},
		By:   p, Command: ref, Hold: holdStop + waiterOf(ref, in),
	}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(m)}, Hold: m.Hold, Waiter: m.Hold}
}

// stopAnswered answers the command that stops work. It records who has stopped what if the
// agent was asked.
func (s *State) stopAnswered(m rules.StopAnswered) rules.Decision {
	release := rules.Release{Hold: m.Stop.Hold, Answer: struct{}{}}
	if m.Err != nil {
		return rules.Decision{}.With(rules.Release{Hold: m.Stop.Hold, Err: m.Err})
	}
	if !s.Active() {
		return rules.Decision{}.With(release)
	}
	w := m.Stop.Work
	asked := rules.Event{
		Public:  &protocol.AgentStopRequested{ToolCallID: w.ToolCallID, TerminalID: w.TerminalID, Participant: m.Stop.By},
		Private: rules.Private{Command: m.Stop.Command, Caller: m.Stop.Caller},
	}
	return rules.Decision{Events: []rules.Event{asked}}.With(release)
}

// stopRefused records that a tool call or a terminal goes on.
func (s *State) stopRefused(m rules.StopRefused) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.AgentStopRefused{
		ToolCallID: m.Work.ToolCallID, TerminalID: m.Work.TerminalID, Reason: m.Reason,
	}}}}
}

// applyOwnTurn applies an event about a turn of the agent's own. It ignores other events.
func (s *State) applyOwnTurn(payload protocol.Payload, at rules.Stamp) {
	switch payload.(type) {
	case *protocol.AgentTurnStarted:
		s.OwnTurn = &protocol.AgentTurn{StartedAt: at.At}
	case *protocol.AgentTurnCancelled:
		if s.OwnTurn != nil {
			s.OwnTurn = &protocol.AgentTurn{StartedAt: s.OwnTurn.StartedAt, Cancelled: true}
		}
	case *protocol.AgentTurnEnded:
		s.OwnTurn = nil
	}
}
