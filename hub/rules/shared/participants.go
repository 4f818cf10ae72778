package shared

import (
	"encoding/json"
	"slices"
	"time"

	"parley/hub/naming"
	"parley/hub/rules"
	"parley/protocol"
)

// Participants are the participants that a state holds, in join order: the host, and the
// guests who have not left. Of a session that has ended they are those who were
// present until then. Other guests are in the journal alone. The JSON is a list.
type Participants struct {
	all []protocol.Participant

	// derived from the above
	places  map[string]int         // indices in all, by participant id
	here    int                    // how many have not left
	users   map[string]string      // the id of the user's most recent present participant, by user id
	names   map[string]int         // how many reserved names have a key; nil until the first join
	encoded []json.RawMessage      // the JSON of each of all; nil after a change
	shown   []byte                 // the first of encoded, separated by commas; replaced when they change
	ends    []int                  // where each of those ends in shown
	listed  []protocol.Participant // what list has returned; nil after a change
}

func newParticipants(all []protocol.Participant) Participants {
	p := Participants{
		all:     all,
		places:  make(map[string]int, len(all)),
		users:   map[string]string{},
		encoded: make([]json.RawMessage, len(all)),
	}
	for i := range all {
		p.places[all[i].ID] = i
		if all[i].LeftAt == nil {
			p.here++
			p.users[all[i].UserID] = all[i].ID
		}
	}
	return p
}

// Get returns the participant with an id.
func (p *Participants) Get(id string) (protocol.Participant, bool) {
	i, known := p.places[id]
	if !known {
		return protocol.Participant{}, false
	}
	return p.all[i], true
}

// All returns all participants. The caller does not change the slice, which is valid
// until the next change.
func (p *Participants) All() []protocol.Participant { return p.all }

// PresentByUser returns the present participant of a user.
func (p *Participants) PresentByUser(userID string) (protocol.Participant, bool) {
	return p.Get(p.users[userID])
}

// firstHere returns the first n present participants, in join order.
func (p *Participants) firstHere(n int) []protocol.Participant {
	first := make([]protocol.Participant, 0, n)
	for i := 0; i < len(p.all) && len(first) < n; i++ {
		if p.all[i].LeftAt == nil {
			first = append(first, p.all[i])
		}
	}
	return first
}

// put adds a participant, or replaces the one with the same id. A guest who has left is
// dropped instead.
func (p *Participants) put(who protocol.Participant) {
	i, known := p.places[who.ID]
	was := known && p.all[i].LeftAt == nil
	if !known {
		i = len(p.all)
		p.places[who.ID] = i
		p.all, p.encoded = append(p.all, who), append(p.encoded, nil)
	} else {
		p.count(p.all[i], -1)
	}
	p.count(who, 1)
	p.all[i], p.encoded[i] = who, nil
	p.changed(i)
	switch is := who.LeftAt == nil; {
	case is && !was:
		p.here++
		if newest, others := p.places[p.users[who.UserID]]; !others || newest < i {
			p.users[who.UserID] = who.ID
		}
	case was && !is:
		p.gone(who)
	}
}

// drop removes a guest.
func (p *Participants) drop(id string) {
	i, known := p.places[id]
	if !known {
		return
	}
	who := p.all[i]
	p.count(who, -1)
	delete(p.places, id)
	p.all, p.encoded = slices.Delete(p.all, i, i+1), slices.Delete(p.encoded, i, i+1)
	p.changed(i)
	for ; i < len(p.all); i++ {
		p.places[p.all[i].ID] = i
	}
	if who.LeftAt == nil {
		p.gone(who)
	}
}

// changed discards what was derived from the participants from an index on.
func (p *Participants) changed(place int) {
	p.listed = nil
	if place < len(p.ends) {
		p.shown, p.ends = nil, nil
	}
}

// gone records that a participant is not present any more. An earlier participant of
// the same user may be.
func (p *Participants) gone(who protocol.Participant) {
	p.here--
	if p.users[who.UserID] != who.ID {
		return
	}
	delete(p.users, who.UserID)
	for i := range p.all {
		if q := &p.all[i]; q.UserID == who.UserID && q.LeftAt == nil {
			p.users[q.UserID] = q.ID
		}
	}
}

// keepsName reports whether a participant's name is reserved: until the participant
// leaves, and always for the host.
func keepsName(who protocol.Participant) bool {
	return who.LeftAt == nil || who.Role == protocol.RoleHost
}

// isTaken reports whether a name with that key is reserved. The index is built at
// the first call, because computing keys is slow and most loaded sessions see no
// further join.
func (p *Participants) isTaken(key string) bool {
	if p.names == nil {
		p.names = map[string]int{}
		for i := range p.all {
			p.count(p.all[i], 1)
		}
	}
	return p.names[key] > 0
}

// count adds n to the counts of the names that a participant keeps.
func (p *Participants) count(who protocol.Participant, n int) {
	if p.names == nil || !keepsName(who) {
		return
	}
	for _, key := range keysOf(who) {
		if p.names[key] += n; p.names[key] == 0 {
			delete(p.names, key)
		}
	}
}

// keysOf returns the keys of a participant's name and user id, both of which clients
// show.
func keysOf(who protocol.Participant) []string {
	keys := naming.Keys(who.Name())
	if who.DisplayName != nil {
		keys = append(keys, naming.Keys(who.UserID)...)
	}
	return keys
}

// leave records that all participants leave with the end of the session. They stay in
// the list.
func (p *Participants) leave(at time.Time) {
	for i := range p.all {
		if p.all[i].LeftAt != nil {
			continue
		}
		p.count(p.all[i], -1)
		p.all[i].LeftAt, p.encoded[i] = &at, nil
		p.count(p.all[i], 1)
	}
	clear(p.users)
	p.here = 0
	p.changed(0)
}

// List returns all participants. The caller does not change the slice, which is shared
// by all callers until the next change.
func (p *Participants) List() []protocol.Participant {
	if p.listed == nil {
		p.listed = slices.Clone(p.all)
	}
	return p.listed
}

// show returns the JSON of the first n participants, separated by commas, in at most
// that many bytes but with at least one participant. The caller does not change it.
// Each participant is encoded once for all callers, as is a list that only grows.
func (p *Participants) show(most int) (shown []byte, n int) {
	for i := len(p.ends); i < len(p.all); i++ {
		if p.encoded[i] == nil {
			p.encoded[i] = rules.RawJSON(p.all[i])
		}
		if i > 0 {
			p.shown = append(p.shown, ',')
		}
		p.shown = append(p.shown, p.encoded[i]...)
		p.ends = append(p.ends, len(p.shown))
	}
	if len(p.ends) == 0 {
		return nil, 0
	}
	n, _ = slices.BinarySearch(p.ends, most+1)
	n = max(n, 1)
	return slices.Clip(p.shown[:p.ends[n-1]]), n
}

// MarshalJSON implements [json.Marshaler].
func (p Participants) MarshalJSON() ([]byte, error) { return json.Marshal(p.all) }

// UnmarshalJSON implements [json.Unmarshaler].
func (p *Participants) UnmarshalJSON(b []byte) error {
	var all []protocol.Participant
	err := json.Unmarshal(b, &all)
	*p = newParticipants(all)
	return err
}
