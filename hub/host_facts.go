package hub

import (
	"parley/protocol"
)

// Inputs of a host session that carry what its shell has gathered of the agent's
// facts.
type (
	// learned is what is newly known of the agent.
	learned struct{ facts protocol.AgentFacts }
	// learnedBefore is an input that is decided on with what became known before
	// it.
	learnedBefore struct {
		facts protocol.AgentFacts
		body  any
	}
)

// learn notes what is new and tells it to every shared session.
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

// learnFirst decides on an input in the state that holds what became known
// before it.
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
