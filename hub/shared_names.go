package hub

import (
	"slices"

	"parley/hub/naming"
	"parley/protocol"
)

// keptNames bounds the names of people who have left that nobody else is given;
// the oldest are given again.
const keptNames = 256

// named returns a participant who joins, under a name that nobody else has: of
// those who are here, the host, and those who left having decided something.
func (s *sharedState) named(p protocol.Participant) protocol.Participant {
	taken := func(key string) bool { return s.People.isTaken(key) || slices.Contains(s.Kept, key) }
	if name := naming.Given(p.Name(), taken); name != p.Name() {
		p.DisplayName = &name
	}
	return p
}

// hasDecided notes that a participant has decided on what others proposed or
// asked. The host needs no note: the host's name is never given to others.
func (s *sharedState) hasDecided(participantID string) {
	if p, known := s.People.get(participantID); known && p.LeftAt == nil && p.Role != protocol.RoleHost {
		s.Deciders[participantID] = true
	}
}

// keepName keeps the name of a participant who leaves having decided something.
func (s *sharedState) keepName(p protocol.Participant) {
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
