package host

import (
	"parley/hub/rules"
	"parley/protocol"
)

// The internals that the tests in package host_test use.

type LearnedBefore = withFacts

func NewLearnedBefore(facts protocol.AgentFacts, body rules.Body) withFacts {
	return withFacts{facts, body}
}

func (s *State) EarlierSession() string         { return s.earlierSession() }
func (s *State) Resource() protocol.HostSession { return s.resource() }
