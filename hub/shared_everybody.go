package hub

import (
	"errors"
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// everybody stands for all participants of a session up to an event, those who left
// included: those of the state, and the others as the journal has them.
type everybody struct {
	people []protocol.Participant // of the state, the host first
	others bool                   // there are guests who are not in the state
	until  journal.Seq
}

func (s *sharedState) everybody(at journal.Head) everybody {
	return everybody{s.People.list(), s.Left > 0, at.Seq}
}

// participants returns a function that reads some participants in join order, and
// returns the event to go on from. It is for one goroutine, from the beginning on.
func (m everybody) participants(r reader) func(from journal.Seq) ([]protocol.Participant, journal.Seq, error) {
	byID := make(map[string]protocol.Participant, len(m.people))
	for _, p := range m.people {
		byID[p.ID] = p
	}
	return func(from journal.Seq) (some []protocol.Participant, next journal.Seq, err error) {
		switch {
		case from > m.until:
			return nil, from, nil
		case !m.others:
			return m.people, m.until + 1, nil
		case from == 0:
			return m.people[:1], 1, nil // the host, who joined by creating the session
		}
		return m.page(r, byID, from)
	}
}

// page reads the next guests.
func (m everybody) page(r reader, byID map[string]protocol.Participant, from journal.Seq) (some []protocol.Participant, next journal.Seq, err error) {
	listed, err := r.journal.Entries(r.ctx, r.session, journal.SubjectParticipant, from, false, pageItems)
	if err != nil {
		return nil, from, err
	}
	var absent []journal.Entry
	for _, p := range listed {
		if _, here := byID[p.ID]; !here && p.First <= m.until {
			absent = append(absent, p)
		}
	}
	left, err := r.participants(absent)
	if err != nil {
		return nil, from, err
	}
	for _, p := range listed {
		if p.First > m.until {
			return some, m.until + 1, nil
		}
		shown, here := byID[p.ID]
		if !here {
			var has bool
			if shown, has = left[p.ID]; !has {
				return some, p.First, nil // it comes with the next page
			}
		}
		if shown.Role != protocol.RoleHost {
			some = append(some, shown)
		}
		from = p.First + 1
	}
	if len(listed) < pageItems {
		from = m.until + 1
	}
	return some, from, nil
}

// participants reads how participants are by the newest events about them; of many
// perhaps only the first, two at the least.
func (r reader) participants(of []journal.Entry) (map[string]protocol.Participant, error) {
	numbers := make([]journal.Seq, len(of))
	for i, p := range of {
		numbers[i] = p.Newest
	}
	events, err := r.events(numbers)
	if err != nil {
		return nil, err
	}
	found := make(map[string]protocol.Participant, len(events))
	for _, p := range of {
		if e, has := events[p.Newest]; has {
			found[p.ID] = participantIn(e)
		}
	}
	return found, nil
}

// participantIn returns the participant whom an event is about.
func participantIn(e event) protocol.Participant {
	switch p := e.public.(type) {
	case *protocol.ParticipantJoined:
		return p.Participant
	case *protocol.ParticipantUpdated:
		return p.Participant
	case *protocol.ParticipantLeft:
		return p.Participant
	}
	return protocol.Participant{}
}

// participant reads a participant by its id; nil when there is none.
func (r reader) participant(id string) (*protocol.Participant, error) {
	of, err := r.journal.Entry(r.ctx, r.session, journal.SubjectParticipant, id)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, r.failed(err)
	}
	found, err := r.participants([]journal.Entry{of})
	if err != nil {
		return nil, r.failed(err)
	}
	p := found[id]
	return &p, nil
}

// inside answers a question for those whom a welcome shows, in join order, of whom
// people are all: the host first.
func inside(which protocol.People, people []protocol.Participant) deferred {
	return func(r reader) (any, error) {
		from, err := r.placeBehind(which.After, people)
		if err != nil {
			return nil, err
		}
		to := min(from+which.Limit, len(people))
		return &protocol.PeopleAnswer{Participants: people[from:to], Removed: []string{}, More: to < len(people)}, nil
	}
}

// placeBehind is the place of the first who joined after a participant, who may have
// left since.
func (r reader) placeBehind(participant string, people []protocol.Participant) (int, error) {
	if participant == "" {
		return 0, nil
	}
	if i := slices.IndexFunc(people, func(p protocol.Participant) bool { return p.ID == participant }); i >= 0 {
		return i + 1, nil
	}
	p, err := r.participant(participant)
	if err != nil {
		return 0, err
	}
	if p == nil {
		return 0, protocol.Errorf(protocol.CodeParticipantNotFound, "after: no such participant in this session")
	}
	for i, q := range people {
		if i > 0 && !q.JoinedAt.Before(p.JoinedAt) { // the host may have returned later
			return i, nil
		}
	}
	return len(people), nil
}

// guests answers a question for guests who have left, the last who joined first.
func guests(which protocol.People, barred map[string]bar) deferred {
	return func(r reader) (any, error) {
		from, err := r.joinedBefore(which.Before)
		if err != nil {
			return nil, err
		}
		a := &protocol.PeopleAnswer{Participants: []protocol.Participant{}, Removed: []string{}}
		for {
			some, next, err := r.guestsWhoLeft(from)
			if err != nil {
				return nil, err
			}
			for _, p := range some {
				if a.More = len(a.Participants) == which.Limit; a.More {
					return a, nil
				}
				a.Participants = append(a.Participants, p)
				if _, removed := barred[p.UserID]; removed {
					a.Removed = append(a.Removed, p.ID)
				}
			}
			if next == from {
				return a, nil
			}
			from = next
		}
	}
}

// joinedBefore returns the last event by which somebody can have joined before a
// participant; without one, the last of all.
func (r reader) joinedBefore(participant string) (journal.Seq, error) {
	if participant == "" {
		return maxSeq, nil
	}
	p, err := r.journal.Entry(r.ctx, r.session, journal.SubjectParticipant, participant)
	if errors.Is(err, journal.ErrNotFound) {
		return 0, protocol.Errorf(protocol.CodeParticipantNotFound, "before: no such participant in this session")
	}
	return p.First - 1, err
}

// maxSeq is behind every event. A column of SQLite can hold it.
const maxSeq = 1<<63 - 1

// guestsWhoLeft reads some guests who have left, backward from an event, and returns
// the event to go on from, which stays the same at the end. It passes by those who
// are here, who are not many.
func (r reader) guestsWhoLeft(from journal.Seq) (some []protocol.Participant, next journal.Seq, err error) {
	listed, err := r.journal.Entries(r.ctx, r.session, journal.SubjectParticipant, from, true, pageItems)
	if err != nil {
		return nil, from, err
	}
	found, err := r.participants(listed)
	if err != nil {
		return nil, from, err
	}
	for _, p := range listed {
		shown, has := found[p.ID]
		if !has {
			break // it comes with the next page
		}
		if shown.Role != protocol.RoleHost && shown.LeftAt != nil {
			some = append(some, shown)
		}
		from = p.First - 1
	}
	return some, from, nil
}
