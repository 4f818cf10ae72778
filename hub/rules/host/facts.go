package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// Inputs that carry facts about the agent, which the runtime gathers to make few
// events of them.
type (
	// FactsLearned carries new facts about the agent.
	FactsLearned struct{ Facts protocol.AgentFacts }
	// withFacts is an input together with the facts that became known before
	// it.
	withFacts struct {
		facts protocol.AgentFacts
		body  rules.Body
	}
)

// recordFacts records facts that differ from the known ones and tells them to the shared
// sessions.
func (s *State) recordFacts(facts protocol.AgentFacts) rules.Decision {
	changes, some := s.Session.Facts.Changes(facts.Bounded())
	if !some {
		return rules.Decision{}
	}
	return rules.Decision{
		Events:  []rules.Event{{Public: &protocol.AgentUpdated{AgentFacts: changes}}},
		Effects: []rules.Effect{Broadcast{rules.AgentFactsChanged{Facts: changes}}},
	}
}

// recordFactsFirst decides on an input in the state that holds the facts which became
// known before it.
func (s *State) recordFactsFirst(in rules.Input, m withFacts) rules.Decision {
	after, d := *s, rules.Decision{}
	if s.exists() {
		d = s.recordFacts(m.facts)
	}
	if len(d.Events) > 0 {
		after.Session.Facts.Merge(d.Events[0].Public.(*protocol.AgentUpdated).AgentFacts)
	}
	in.Body = m.body
	return d.Then(after.Decide(in))
}

func (FactsLearned) IsBody() {}
func (withFacts) IsBody()    {}
