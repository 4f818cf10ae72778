package shared

import (
	"slices"

	"parley/hub/naming"
	"parley/protocol"
)

// keptNames bounds the names that stay reserved after their participants have left.
// When it is reached the oldest becomes free.
const keptNames = 256

// named returns a joining participant, renamed if the name is reserved. Reserved are
// the names of present participants, of the host, and of deciders who have left.
func (s *State) named(p protocol.Participant) protocol.Participant {
	taken := func(key string) bool { return s.People.isTaken(key) || slices.Contains(s.Kept, key) }
	if name := naming.Given(p.Name(), taken); name != p.Name() {
		p.DisplayName = &name
	}
	return p
}

// hasDecided records that a participant has resolved another participant's proposal or
// a permission request. The host's name is reserved anyway.
func (s *State) hasDecided(participantID string) {
	if p, known := s.People.Get(participantID); known && p.LeftAt == nil && p.Role != protocol.RoleHost {
		s.Deciders[participantID] = true
	}
}

// keepName reserves the name of a decider who leaves.
func (s *State) keepName(p protocol.Participant) {
	if !s.Deciders[p.ID] {
		return
	}
	delete(s.Deciders, p.ID)
	for _, key := range keysOf(p) {
		if !slices.Contains(s.Kept, key) {
			s.Kept = keepLast(append(s.Kept, key), keptNames)
		}
	}
}
