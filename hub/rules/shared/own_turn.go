package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

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
		Private: rules.Private{Command: m.Stop.Command},
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
