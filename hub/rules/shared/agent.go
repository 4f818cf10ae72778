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
