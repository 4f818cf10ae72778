package hub

import (
	"parley/protocol"
)

// Inputs that carry facts about the agent, which the runtime gathers to make few
// events of them.
type (
	// learned carries new facts about the agent.
	learned struct{ facts protocol.AgentFacts }
	// learnedBefore is an input together with the facts that became known before
	// it.
	learnedBefore struct {
		facts protocol.AgentFacts
		body  any
	}
)

// learn records facts that differ from the known ones and tells them to the shared
// sessions.
func (s *hostState) learn(facts protocol.AgentFacts) decision {
	changes, some := s.Session.Facts.Changes(facts.Bounded())
	if !some {
		return decision{}
	}
	return decision{
		events:  []event{{public: &protocol.AgentUpdated{AgentFacts: changes}}},
		effects: []effect{tellOpen{agentKnown{changes}}},
	}
}

// learnFirst decides on an input in the state that holds the facts which became
// known before it.
func (s *hostState) learnFirst(in input, m learnedBefore) decision {
	after, d := *s, decision{}
	if s.exists() {
		d = s.learn(m.facts)
	}
	if len(d.events) > 0 {
		after.Session.Facts.Merge(d.events[0].public.(*protocol.AgentUpdated).AgentFacts)
	}
	in.body = m.body
	return d.then(after.decide(in))
}
