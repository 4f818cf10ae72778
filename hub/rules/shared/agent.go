package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// agentNotified records each notification as an event, until the session has ended.
func (s *State) agentNotified(m rules.AgentNotified) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	events := make([]rules.Event, len(m.Notifications))
	for i, n := range m.Notifications {
		events[i].Public = &protocol.HostSessionUpdate{Notification: n}
	}
	return rules.Decision{Events: events}
}

// agentChanged records the agent's status, unless it is the known one.
func (s *State) agentChanged(m rules.AgentChanged) rules.Decision {
	known := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince}
	if !s.Active() || known.Same(m.Status) {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Status}}}
}

// agentContinued records which session of its own the agent continues with.
func (s *State) agentContinued(m rules.AgentContinued) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Session}}}
}

// agentNoted records that the agent writes lines that are not messages.
func (s *State) agentNoted(m rules.AgentNote) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Note}}}
}

// agentFactsChanged records the facts that differ from the known ones.
func (s *State) agentFactsChanged(m rules.AgentFactsChanged) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: s.factChanges(m.Facts)}
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
	d := rules.Decision{Effects: []rules.Effect{s.sendHost(rules.ConfirmEnd{Approval: m.Approval})}}
	if s.OpenPrompt(m.Approval) == nil {
		return d
	}
	if m.Failure != "" {
		d.Events = []rules.Event{{Public: &protocol.PromptDispatchFailed{ApprovalID: m.Approval, Error: m.Failure, Code: m.Code}}}
		return d
	}
	d.Events = []rules.Event{{Public: &protocol.PromptDispatchCompleted{ApprovalID: m.Approval, StopReason: m.StopReason}}}
	return d
}
