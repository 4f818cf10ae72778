package host

import "parley/protocol"

// What the tests in package host_test use of this package's internals.

type LearnedBefore = learnedBefore

func NewLearnedBefore(facts protocol.AgentFacts, body any) learnedBefore {
	return learnedBefore{facts, body}
}

func (s *State) EarlierSession() string         { return s.earlierSession() }
func (s *State) Resource() protocol.HostSession { return s.resource() }
