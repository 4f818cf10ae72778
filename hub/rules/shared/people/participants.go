package people

import (
	"encoding/json"
	"slices"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// Participants are the participants that a state holds, in join order: the host, and the
// guests who have not left. In a session that has ended, the guests are those who were
// present at its end. Other guests are in the journal alone. The JSON is a list.
type Participants struct {
	all []protocol.Participant

	// derived from the above
	indices     map[string]int         // indices in all, by participant id
	present     int                    // how many are present
	presentBy   map[string]string      // the id of the person's most recent present participant, by person
	names       map[string]int         // how many reserved names have a key; nil until the first join
	encoded     []json.RawMessage      // the JSON of each of all; nil after a change
	encodedList []byte                 // the first elements of encoded, separated by commas; replaced, not changed, since callers hold it
	ends        []int                  // where each of these elements ends in encodedList
	listed      []protocol.Participant // the result of List; nil after a change
}

// NewParticipants returns the participants of a list, which it takes over.
func NewParticipants(all []protocol.Participant) Participants {
	p := Participants{
		all:       all,
		indices:   make(map[string]int, len(all)),
		presentBy: map[string]string{},
		encoded:   make([]json.RawMessage, len(all)),
	}
	for i := range all {
		p.indices[all[i].ID] = i
		if all[i].LeftAt == nil {
			p.present++
			p.presentBy[all[i].Person()] = all[i].ID
		}
	}
	return p
}

// Index computes the derived fields of a zero value.
func (p *Participants) Index() {
	if p.indices == nil {
		*p = NewParticipants(nil)
	}
}

// Get returns the participant with an id.
func (p *Participants) Get(id string) (protocol.Participant, bool) {
	i, known := p.indices[id]
	if !known {
		return protocol.Participant{}, false
	}
	return p.all[i], true
}

// Present returns how many participants are present.
func (p *Participants) Present() int { return p.present }

// Host returns the first participant, who created the session.
func (p *Participants) Host() protocol.Participant { return p.all[0] }

// Place returns the place of a participant in join order, beginning with 0.
func (p *Participants) Place(id string) (place int, known bool) {
	place, known = p.indices[id]
	return place, known
}

// All returns all participants. The caller must not change the slice, which is valid until
// the next change of the participants.
func (p *Participants) All() []protocol.Participant { return p.all }

// PresentBy returns the present participant of a person; see [protocol.Participant.Person].
func (p *Participants) PresentBy(person string) (protocol.Participant, bool) {
	return p.Get(p.presentBy[person])
}

// HasVerified reports whether a present participant is a verified person with a user id.
func (p *Participants) HasVerified(userID string) bool {
	return slices.ContainsFunc(p.all, func(q protocol.Participant) bool {
		return q.Verified && q.UserID == userID && q.LeftAt == nil
	})
}

// FirstPresent returns the first n present participants, in join order.
func (p *Participants) FirstPresent(n int) []protocol.Participant {
	first := make([]protocol.Participant, 0, n)
	for i := 0; i < len(p.all) && len(first) < n; i++ {
		if p.all[i].LeftAt == nil {
			first = append(first, p.all[i])
		}
	}
	return first
}

// Put adds a participant, or replaces the one with the same id. The caller drops a guest
// who has left instead.
func (p *Participants) Put(q protocol.Participant) {
	i, known := p.indices[q.ID]
	wasPresent := known && p.all[i].LeftAt == nil
	if !known {
		i = len(p.all)
		p.indices[q.ID] = i
		p.all, p.encoded = append(p.all, q), append(p.encoded, nil)
	} else {
		p.countNames(p.all[i], -1)
	}
	p.countNames(q, 1)
	p.all[i], p.encoded[i] = q, nil
	p.invalidate(i)
	switch isPresent := q.LeftAt == nil; {
	case isPresent && !wasPresent:
		p.present++
		if newest, others := p.indices[p.presentBy[q.Person()]]; !others || newest < i {
			p.presentBy[q.Person()] = q.ID
		}
	case wasPresent && !isPresent:
		p.notePresentLeft(q)
	}
}

// Drop removes a guest; an unknown id is ignored.
func (p *Participants) Drop(id string) {
	i, known := p.indices[id]
	if !known {
		return
	}
	q := p.all[i]
	p.countNames(q, -1)
	delete(p.indices, id)
	p.all, p.encoded = slices.Delete(p.all, i, i+1), slices.Delete(p.encoded, i, i+1)
	p.invalidate(i)
	for ; i < len(p.all); i++ {
		p.indices[p.all[i].ID] = i
	}
	if q.LeftAt == nil {
		p.notePresentLeft(q)
	}
}

// invalidate discards the data that was derived from the participants from an index on.
func (p *Participants) invalidate(from int) {
	p.listed = nil
	if from < len(p.ends) {
		p.encodedList, p.ends = nil, nil
	}
}

// notePresentLeft records that a participant is no longer present. An earlier participant
// of the same user may be.
func (p *Participants) notePresentLeft(left protocol.Participant) {
	p.present--
	if p.presentBy[left.Person()] != left.ID {
		return
	}
	delete(p.presentBy, left.Person())
	for i := range p.all {
		if q := &p.all[i]; q.Person() == left.Person() && q.LeftAt == nil {
			p.presentBy[q.Person()] = q.ID
		}
	}
}

// LeaveAll records that all participants leave, since the session has ended. They stay in
// the list.
func (p *Participants) LeaveAll(at time.Time) {
	for i := range p.all {
		if p.all[i].LeftAt != nil {
			continue
		}
		p.countNames(p.all[i], -1)
		p.all[i].LeftAt, p.encoded[i] = &at, nil
		p.countNames(p.all[i], 1)
	}
	clear(p.presentBy)
	p.present = 0
	p.invalidate(0)
}

// List returns a copy of all participants, which stays valid. All callers share it until
// the next change, and must not change it.
func (p *Participants) List() []protocol.Participant {
	if p.listed == nil {
		p.listed = slices.Clone(p.all)
	}
	return p.listed
}

// EncodeFirst returns the JSON of the first n participants, separated by commas: as many as
// fit into limit bytes, but at least one. The caller must not change it. Each participant
// is encoded once for all callers, as is a list that only grows.
func (p *Participants) EncodeFirst(limit int) (encoded []byte, n int) {
	for i := len(p.ends); i < len(p.all); i++ {
		if p.encoded[i] == nil {
			p.encoded[i] = rules.RawJSON(p.all[i])
		}
		if i > 0 {
			p.encodedList = append(p.encodedList, ',')
		}
		p.encodedList = append(p.encodedList, p.encoded[i]...)
		p.ends = append(p.ends, len(p.encodedList))
	}
	if len(p.ends) == 0 {
		return nil, 0
	}
	n, _ = slices.BinarySearch(p.ends, limit+1)
	n = max(n, 1)
	return slices.Clip(p.encodedList[:p.ends[n-1]]), n
}

// MarshalJSON implements [json.Marshaler].
func (p Participants) MarshalJSON() ([]byte, error) { return json.Marshal(p.all) }

// UnmarshalJSON implements [json.Unmarshaler].
func (p *Participants) UnmarshalJSON(b []byte) error {
	var all []protocol.Participant
	err := json.Unmarshal(b, &all)
	*p = NewParticipants(all)
	return err
}
