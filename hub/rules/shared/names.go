package shared

import (
	"slices"

	"parley/hub/naming"
	"parley/hub/rules"
	"parley/protocol"
)

// maxReservedNames bounds the name keys that stay reserved after their participants have
// left. When it is reached, the oldest key becomes free.
const maxReservedNames = 256

// withUniqueName returns a joining participant, renamed if the name is reserved. The names
// of present participants, of the host, and of deciders who have left are reserved.
func (s *State) withUniqueName(p protocol.Participant) protocol.Participant {
	taken := func(key string) bool { return s.People.isTaken(key) || slices.Contains(s.ReservedNames, key) }
	if name := naming.Given(p.Name(), taken); name != p.Name() {
		p.DisplayName = &name
	}
	return p
}

// markDecider records that a guest has resolved another participant's proposal or a
// permission request. The name of a decider stays reserved, so that no later guest can
// pass for the participant in the history.
func (s *State) markDecider(participantID string) {
	if p, known := s.People.Get(participantID); known && p.LeftAt == nil && p.Role != protocol.RoleHost {
		s.Deciders[participantID] = true
	}
}

// reserveName reserves the name of a decider who leaves.
func (s *State) reserveName(p protocol.Participant) {
	if !s.Deciders[p.ID] {
		return
	}
	delete(s.Deciders, p.ID)
	for _, key := range nameKeys(p) {
		if !slices.Contains(s.ReservedNames, key) {
			s.ReservedNames = rules.KeepLast(append(s.ReservedNames, key), maxReservedNames)
		}
	}
}

// reservesName reports whether a participant's name is reserved: while the participant is
// present, and always for the host.
func reservesName(q protocol.Participant) bool {
	return q.LeftAt == nil || q.Role == protocol.RoleHost
}

// isTaken reports whether a name with that key is reserved. The index is built at
// the first call, because computing keys is slow and most loaded sessions see no
// further join.
func (p *Participants) isTaken(key string) bool {
	if p.names == nil {
		p.names = map[string]int{}
		for i := range p.all {
			p.countNames(p.all[i], 1)
		}
	}
	return p.names[key] > 0
}

// countNames adds n to the counts of the names that a participant reserves.
func (p *Participants) countNames(q protocol.Participant, n int) {
	if p.names == nil || !reservesName(q) {
		return
	}
	for _, key := range nameKeys(q) {
		if p.names[key] += n; p.names[key] == 0 {
			delete(p.names, key)
		}
	}
}

// nameKeys returns the keys of a participant's name and user id, both of which clients
// show.
func nameKeys(q protocol.Participant) []string {
	keys := naming.Keys(q.Name())
	if q.DisplayName != nil {
		keys = append(keys, naming.Keys(q.UserID)...)
	}
	return keys
}
