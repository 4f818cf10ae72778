package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Inputs that carry facts about the agent. Package factbuffer collects the facts, so that
// they become few events.
type (
	// FactsLearned carries new facts about the agent.
	FactsLearned struct{ Facts protocol.AgentFacts }
	// WithFacts is an input together with the facts that became known before it.
	WithFacts struct {
		Facts protocol.AgentFacts
		Body  rules.Body
	}
)

// recordFacts records the facts that differ from the known ones, and sends them to the
// shared sessions.
func (s *State) recordFacts(facts protocol.AgentFacts) rules.Decision {
	changes, changed := s.Session.Facts.Changes(facts.Bounded())
	if !changed {
		return rules.Decision{}
	}
	return rules.Decision{
		Events:  []rules.Event{{Public: &protocol.AgentUpdated{AgentFacts: changes}}},
		Effects: []rules.Effect{Broadcast{rules.AgentFactsChanged{Facts: changes}}},
	}
}

// recordFactsFirst records the facts that became known before an input, and then decides on
// the input in the state that holds them.
func (s *State) recordFactsFirst(in rules.Input, m WithFacts) rules.Decision {
	after, d := *s, rules.Decision{}
	if s.exists() {
		d = s.recordFacts(m.Facts)
	}
	if len(d.Events) > 0 {
		after.Session.Facts.Merge(d.Events[0].Public.(*protocol.AgentUpdated).AgentFacts)
	}
	in.Body = m.Body
	return d.Then(after.decide(in))
}

// IsBody implements [rules.Body].
func (FactsLearned) IsBody() {}

// IsBody implements [rules.Body].
func (WithFacts) IsBody() {}
