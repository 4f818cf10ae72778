package people

import (
	"parley/hub/naming"
	"parley/protocol"
)

// reservesName reports whether a participant's name is reserved: while the participant is
// present, and always for the host.
func reservesName(q protocol.Participant) bool {
	return q.LeftAt == nil || q.Role == protocol.RoleHost
}

// IsTaken reports whether a name with that key is reserved. The index is built at
// the first call, because computing keys is slow and most loaded sessions see no
// further join.
func (p *Participants) IsTaken(key string) bool {
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
	for _, key := range NameKeys(q) {
		if p.names[key] += n; p.names[key] == 0 {
			delete(p.names, key)
		}
	}
}

// NameKeys returns the keys of a participant's name and user id, both of which clients
// show.
func NameKeys(q protocol.Participant) []string {
	keys := naming.Keys(q.Name())
	if q.DisplayName != nil {
		keys = append(keys, naming.Keys(q.UserID)...)
	}
	return keys
}
