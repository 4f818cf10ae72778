package hub

import (
	"encoding/json"
	"slices"
	"time"

	"parley/hub/naming"
	"parley/protocol"
)

// people are the participants of a shared session in join order, those who left
// included. There can be many more who left than are here, so nothing but
// showing them all and removing one looks at each. In a snapshot they are a list.
type people struct {
	all []protocol.Participant

	// derived from the above
	places  map[string]int    // in all, by participant id
	here    []int             // places of those who have not left, in order
	users   map[string]int    // place of who came last of those who are here, by user id
	names   map[string]int    // how many of those who keep theirs have a name or a user id of that key; nil until the first join
	encoded []json.RawMessage // each of all as it is shown; nil since it has changed
	shown   []byte            // the first of encoded, separated by commas; it only grows, or is made anew
	showing int               // how many are in shown
}

func newPeople(all []protocol.Participant) people {
	p := people{
		all:     all,
		places:  make(map[string]int, len(all)),
		users:   map[string]int{},
		encoded: make([]json.RawMessage, len(all)),
	}
	for i := range all {
		p.places[all[i].ID] = i
		if all[i].LeftAt == nil {
			p.here = append(p.here, i)
			p.users[all[i].UserID] = i
		}
	}
	return p
}

// get returns a participant, present or not.
func (p *people) get(id string) (protocol.Participant, bool) {
	i, known := p.places[id]
	if !known {
		return protocol.Participant{}, false
	}
	return p.all[i], true
}

// present returns the participant of a user who has not left.
func (p *people) present(userID string) (protocol.Participant, bool) {
	i, here := p.users[userID]
	if !here {
		return protocol.Participant{}, false
	}
	return p.all[i], true
}

// firstHere returns the first n of those who have not left, in join order.
func (p *people) firstHere(n int) []protocol.Participant {
	first := make([]protocol.Participant, 0, n)
	for _, i := range p.here[:min(n, len(p.here))] {
		first = append(first, p.all[i])
	}
	return first
}

// of returns the ids of all guests that a user has been.
func (p *people) of(userID string) []string {
	var ids []string
	for i := range p.all {
		if p.all[i].UserID == userID && p.all[i].Role != protocol.RoleHost {
			ids = append(ids, p.all[i].ID)
		}
	}
	return ids
}

// put takes a new participant in, or notes what has changed of one.
func (p *people) put(who protocol.Participant) {
	i, known := p.places[who.ID]
	if !known {
		i = len(p.all)
		p.places[who.ID] = i
		p.all, p.encoded = append(p.all, who), append(p.encoded, nil)
	} else {
		p.count(p.all[i], -1)
	}
	p.count(who, 1)
	p.all[i], p.encoded[i] = who, nil
	if i < p.showing {
		p.shown, p.showing = nil, 0
	}
	at, was := slices.BinarySearch(p.here, i)
	switch is := who.LeftAt == nil; {
	case is && !was:
		p.here = slices.Insert(p.here, at, i)
		p.users[who.UserID] = max(i, p.users[who.UserID])
	case was && !is:
		p.here = slices.Delete(p.here, at, at+1)
		p.forget(who.UserID, i)
	}
}

// forget notes that the participant in a place is not here under a user id any
// more. One who came before under the same one may still be.
func (p *people) forget(userID string, place int) {
	if p.users[userID] != place {
		return
	}
	delete(p.users, userID)
	for _, i := range p.here {
		if p.all[i].UserID == userID {
			p.users[userID] = i
		}
	}
}

// keepsName reports whether a participant's name is reserved: until the
// participant leaves, and always for the host.
func keepsName(who protocol.Participant) bool {
	return who.LeftAt == nil || who.Role == protocol.RoleHost
}

// isTaken reports whether a name with that key is reserved. The index is built at
// the first call, because computing keys is slow and most loaded sessions see no
// further join.
func (p *people) isTaken(key string) bool {
	if p.names == nil {
		p.names = map[string]int{}
		for i := range p.all {
			p.count(p.all[i], 1)
		}
	}
	return p.names[key] > 0
}

// count adds n to the names that a participant keeps.
func (p *people) count(who protocol.Participant, n int) {
	if p.names == nil || !keepsName(who) {
		return
	}
	for _, key := range keysOf(who) {
		if p.names[key] += n; p.names[key] == 0 {
			delete(p.names, key)
		}
	}
}

// keysOf returns the keys of the name that a participant is called by, and of
// the user id, which clients may show too.
func keysOf(who protocol.Participant) []string {
	keys := naming.Keys(who.Name())
	if who.DisplayName != nil {
		keys = append(keys, naming.Keys(who.UserID)...)
	}
	return keys
}

// leave notes that all have left.
func (p *people) leave(at time.Time) {
	for _, i := range p.here {
		p.count(p.all[i], -1)
		p.all[i].LeftAt, p.encoded[i] = &at, nil
		p.count(p.all[i], 1)
	}
	clear(p.users)
	p.here, p.shown, p.showing = nil, nil, 0
}

// list returns all for somebody else's use.
func (p *people) list() []protocol.Participant { return slices.Clone(p.all) }

// show is list, encoded, without its brackets and not to be changed. A
// participant is encoded once for all who are shown the same, and the list too
// while it only grows.
func (p *people) show() []byte {
	for i := p.showing; i < len(p.all); i++ {
		if p.encoded[i] == nil {
			p.encoded[i] = rawJSON(p.all[i])
		}
		if i > 0 {
			p.shown = append(p.shown, ',')
		}
		p.shown = append(p.shown, p.encoded[i]...)
	}
	p.showing = len(p.all)
	return slices.Clip(p.shown)
}

// MarshalJSON implements json.Marshaler.
func (p people) MarshalJSON() ([]byte, error) { return json.Marshal(p.all) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *people) UnmarshalJSON(b []byte) error {
	var all []protocol.Participant
	err := json.Unmarshal(b, &all)
	*p = newPeople(all)
	return err
}
