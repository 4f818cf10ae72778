package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// AgentSaid records each notification as an event, until the session has ended.
func (s *State) agentSaid(m rules.AgentNotified) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	events := make([]rules.Event, len(m.Notifications))
	for i, n := range m.Notifications {
		events[i].Public = &protocol.HostSessionUpdate{Notification: n}
	}
	return rules.Decision{Events: events}
}

func (s *State) agentChanged(m rules.AgentChanged) rules.Decision {
	known := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince}
	if !s.Active() || known.Same(m.Status) {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Status}}}
}

func (s *State) agentContinues(m rules.AgentContinued) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Session}}}
}

// agentNoted records a note about the agent.
func (s *State) agentNoted(m rules.AgentNote) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &m.Note}}}
}

// AgentKnown records the facts that differ from the known ones.
func (s *State) agentKnown(m rules.AgentFactsChanged) rules.Decision {
	if !s.Active() {
		return rules.Decision{}
	}
	return rules.Decision{Events: s.factsNew(m.Facts)}
}

// factsNew returns the event with the facts that differ from the known ones, if
// there are any.
func (s *State) factsNew(facts protocol.AgentFacts) []rules.Event {
	changes, some := s.Facts.Changes(facts)
	if !some {
		return nil
	}
	return []rules.Event{{Public: &protocol.AgentUpdated{AgentFacts: changes}}}
}

func (s *State) turnAccepted(m rules.TurnAccepted) rules.Decision {
	o := s.OpenPrompt(m.Approval)
	if o == nil || o.Phase != phaseApproved || m.Ahead == 0 {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptQueued{ApprovalID: m.Approval, Ahead: m.Ahead}}}}
}

func (s *State) turnStarted(m rules.TurnStarted) rules.Decision {
	if o := s.OpenPrompt(m.Approval); o == nil || o.Phase == phaseRunning {
		return rules.Decision{}
	}
	return rules.Decision{Events: []rules.Event{{Public: &protocol.PromptDispatchStarted{ApprovalID: m.Approval}}}}
}

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
