package shared

import (
	"cmp"
	"parley/hub/rules"
	"parley/protocol"
)

// agentNotified records each notification that it does not have as an event, until the
// session has ended.
func (s *State) agentNotified(m rules.AgentNotified) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	events := make([]rules.Event, 0, len(m.Notifications))
	for i, n := range m.Notifications {
		e := rules.Event{Public: &protocol.HostSessionUpdate{Notification: n}}
		if m.Origins != nil {
			if e.Private.Origin = m.Origins[i]; !e.Private.Origin.After(s.Origin) {
				continue // sent again
			}
		}
		events = append(events, e)
	}
	return rules.Decision{Events: events}
}

// agentChanged records the agent's status, unless it is the known one.
func (s *State) agentChanged(m rules.AgentChanged) rules.Decision {
	known := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, Asleep: s.Asleep}
	if !s.Active() || known.Same(m.Status) {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Status}}}
}

// agentNoted records what the server notes about the agent.
func (s *State) agentNoted(note protocol.Payload) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: note}}}
}

// agentFactsChanged records the facts that differ from the known ones.
func (s *State) agentFactsChanged(m rules.AgentFactsChanged) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	changes, _ := s.Facts.Changes(m.Facts)
	changes.Connector = cmp.Or(changes.Connector, s.Facts.Connector)
	return recordBegin(rules.Decision{Events: s.factChanges(m.Facts)}, changes, s.Session.HostSessionID)
}

// factChanges returns the event with the facts that differ from the known ones; nil if
// none does.
func (s *State) factChanges(facts protocol.AgentFacts) []rules.Event {
	changes, changed := s.Facts.Changes(facts)
	if !changed {
		return nil
	}
	return []rules.Event{{Public: &protocol.AgentUpdated{AgentFacts: changes}}}
}

// holdRestart precedes the id of a restart in the name under which its command waits.
const holdRestart = "restart "

// restartAgent asks the host session to start its agent again, or another agent unless the
// name is empty. The command waits for the outcome.
func (s *State) restartAgent(in rules.Input, agent string, p protocol.Participant, ref *rules.CommandRef) rules.Decision {
	m := rules.RestartAgent{ID: waiterOf(ref, in), Agent: agent, By: p, Shared: s.ID, Command: ref}
	return rules.Decision{Effects: []rules.Effect{s.sendHost(m)}, Hold: holdRestart + m.ID}
}

// agentRestarting records that the agent is started again, and by whom.
func (s *State) agentRestarting(m rules.AgentRestarting) rules.Decision {
	r := m.Restart
	d := rules.Decision{}
	e := rules.Event{Public: &protocol.AgentRestarting{Participant: r.By}}
	if r.Agent != "" {
		e.Public = &protocol.AgentSwitched{From: m.From, To: r.Agent, Participant: r.By}
	}
	if r.Shared == s.ID {
		e.Private.Command, e.Private.Caller = r.Command, r.Caller
		d = d.With(rules.Release{Hold: holdRestart + r.ID, Answer: struct{}{}})
	}
	if s.Active() {
		d.Events = []rules.Event{e}
	}
	return d
}

// restartRefused answers the command that asked for a restart.
func (s *State) restartRefused(m rules.RestartRefused) rules.Decision {
	return rules.Decision{}.With(rules.Release{Hold: holdRestart + m.ID, Err: m.Err})
}

// agentContinued records which session of its own the agent continues with, and what it is
// told about this one if its session is a new one.
func (s *State) agentContinued(m rules.AgentContinued) rules.Decision {
	if !s.Active() || m.Renewal > 0 && m.Renewal <= s.Renewals {
		return rules.Decision{}
	}
	if m.Renewal > 0 {
		m.Session.Recap = s.Recap.Text()
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Session, Private: rules.Private{Renewal: m.Renewal}}}}
}

// recapWanted sends the host session the recap that precedes a prompt. It records the
// renewal if this session has missed the report, so that participants see every recap.
func (s *State) recapWanted(m rules.RecapWanted) rules.Decision {
	var d rules.Decision
	answer := rules.Recap{Approval: m.Approval}
	if s.Active() {
		answer.Text = s.Recap.Text()
	}
	if answer.Text != "" {
		d = s.agentContinued(m.Continued)
	}
	return d.With(s.sendHost(answer))
}

// applyRecap applies an event that the recap depends on. It ignores other events.
func (s *State) applyRecap(e rules.Event) {
	switch p := e.Public.(type) {
	case *protocol.HostSessionUpdate:
		s.Recap.Add(p.Notification)
	case *protocol.AgentSession:
		s.Renewals = max(s.Renewals, e.Private.Renewal)
	}
}

// beginRecap notes that the agent has received a prompt.
func (s *State) beginRecap(approvalID string) {
	if o := s.OpenPrompt(approvalID); o != nil {
		s.Recap.Begin(o.Approval.Prompt)
	}
}

// endRecap notes the end of a prompt, if the agent has received it.
func (s *State) endRecap(approvalID, failure string) {
	if o := s.OpenPrompt(approvalID); o != nil && o.Phase == phaseRunning {
		s.Recap.End(failure)
	}
}
