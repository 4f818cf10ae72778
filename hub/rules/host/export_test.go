package host

import (
	"parley/protocol"
)

// The internals that the tests in package host_test use.

func (s *State) EarlierSession() string         { return s.earlierSession() }
func (s *State) Resource() protocol.HostSession { return s.resource() }
