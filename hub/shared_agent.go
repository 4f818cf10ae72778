package hub

import "parley/protocol"

// agentSaid records each notification as an event, until the session has ended.
func (s *sharedState) agentSaid(m agentSaid) decision {
	if !s.active() {
		return decision{}
	}
	events := make([]event, len(m.notifications))
	for i, n := range m.notifications {
		events[i].public = &protocol.HostSessionUpdate{Notification: n}
	}
	return decision{events: events}
}

func (s *sharedState) agentChanged(m agentChanged) decision {
	known := protocol.AgentStatusChanged{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince}
	if !s.active() || known.Same(m.status) {
		return decision{}
	}
	return decision{events: []event{{public: &m.status}}}
}

func (s *sharedState) agentContinues(m agentContinues) decision {
	if !s.active() {
		return decision{}
	}
	return decision{events: []event{{public: &m.session}}}
}

// agentNoted records a note about the agent.
func (s *sharedState) agentNoted(m agentNote) decision {
	if !s.active() {
		return decision{}
	}
	return decision{events: []event{{public: &m.note}}}
}

// agentKnown records the facts that differ from the known ones.
func (s *sharedState) agentKnown(m agentKnown) decision {
	if !s.active() {
		return decision{}
	}
	return decision{events: s.factsNew(m.facts)}
}

// factsNew returns the event with the facts that differ from the known ones, if
// there are any.
func (s *sharedState) factsNew(facts protocol.AgentFacts) []event {
	changes, some := s.Facts.Changes(facts)
	if !some {
		return nil
	}
	return []event{{public: &protocol.AgentUpdated{AgentFacts: changes}}}
}
