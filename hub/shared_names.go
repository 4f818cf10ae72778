package hub

import (
	"slices"

	"parley/hub/naming"
	"parley/protocol"
)

// keptNames bounds the list of names that stay reserved after their participants
// have left. When it is full the oldest become free.
const keptNames = 256

// named returns a joining participant under a name that no other has. Other names
// are those of participants who have not left, of the host, and of deciders who
// have left.
func (s *sharedState) named(p protocol.Participant) protocol.Participant {
	taken := func(key string) bool { return s.People.isTaken(key) || slices.Contains(s.Kept, key) }
	if name := naming.Given(p.Name(), taken); name != p.Name() {
		p.DisplayName = &name
	}
	return p
}

// hasDecided notes that a participant has decided on a proposal of another or on
// a question of the agent. The host needs no note: the host's name stays reserved
// anyway.
func (s *sharedState) hasDecided(participantID string) {
	if p, known := s.People.get(participantID); known && p.LeftAt == nil && p.Role != protocol.RoleHost {
		s.Deciders[participantID] = true
	}
}

// keepName reserves the name of a participant who leaves after deciding on
// something.
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
