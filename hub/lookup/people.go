package lookup

import (
	"context"
	"errors"
	"maps"
	"slices"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/people"
	"parley/protocol"
)

// People returns the answer to the command people: participants whom a welcome lists, or
// guests who have left.
func People(s *shared.State, query protocol.People) history.Deferred {
	if query.Left {
		return departedPage{query, maps.Clone(s.Barred)}
	}
	return PresentPage{query, s.People.List()}
}

// PresentPage is the answer to a request for the participants whom a welcome lists, in join
// order.
type PresentPage struct {
	Query        protocol.People
	Participants []protocol.Participant // the host first
}

// Read implements [history.Deferred].
func (a PresentPage) Read(ctx context.Context, r history.Reader) (any, error) {
	from, err := a.indexAfter(ctx, r, a.Query.After)
	if err != nil {
		return nil, err
	}
	to := min(from+a.Query.Limit, len(a.Participants))
	return &protocol.PeopleAnswer{Participants: a.Participants[from:to], Removed: []string{}, More: to < len(a.Participants)}, nil
}

// indexAfter returns the index of the first participant who joined after the one with an
// id, who may have left since. It returns PARTICIPANT_NOT_FOUND for an unknown id.
func (a PresentPage) indexAfter(ctx context.Context, r history.Reader, id string) (int, error) {
	if id == "" {
		return 0, nil
	}
	if i := slices.IndexFunc(a.Participants, func(p protocol.Participant) bool { return p.ID == id }); i >= 0 {
		return i + 1, nil
	}
	p, err := Participant(ctx, r, id)
	if err != nil {
		return 0, err
	}
	if p == nil {
		return 0, protocol.Errorf(protocol.CodeParticipantNotFound, "after: no such participant in this session")
	}
	for i, q := range a.Participants {
		if i > 0 && !q.JoinedAt.Before(p.JoinedAt) { // the host, at index 0, may have returned later
			return i, nil
		}
	}
	return len(a.Participants), nil
}

// departedPage is the answer to a request for guests who have left, in descending join
// order.
type departedPage struct {
	query  protocol.People
	barred map[string]people.Bar // removed people; a copy of the state's
}

// Read implements [history.Deferred].
func (a departedPage) Read(ctx context.Context, r history.Reader) (any, error) {
	from, err := lastJoinBefore(ctx, r, a.query.Before)
	if err != nil {
		return nil, err
	}
	answer := &protocol.PeopleAnswer{Participants: []protocol.Participant{}, Removed: []string{}}
	for {
		guests, next, err := departedGuests(ctx, r, from)
		if err != nil {
			return nil, err
		}
		for _, p := range guests {
			if answer.More = len(answer.Participants) == a.query.Limit; answer.More {
				return answer, nil
			}
			answer.Participants = append(answer.Participants, p)
			if _, removed := a.barred[p.Person()]; removed {
				answer.Removed = append(answer.Removed, p.ID)
			}
		}
		if next == from {
			return answer, nil
		}
		from = next
	}
}

// lastJoinBefore returns the last event with which a guest can have joined before the
// participant with an id; without an id, the last event of all. It returns
// PARTICIPANT_NOT_FOUND for an unknown id.
func lastJoinBefore(ctx context.Context, r history.Reader, id string) (journal.Seq, error) {
	if id == "" {
		return maxSeq, nil
	}
	entry, err := r.Journal.Entry(ctx, r.Session, journal.SubjectParticipant, id)
	if errors.Is(err, journal.ErrNotFound) {
		return 0, protocol.Errorf(protocol.CodeParticipantNotFound, "before: no such participant in this session")
	}
	return entry.First - 1, err
}

// maxSeq is greater than the number of any event, and fits a column of SQLite.
const maxSeq = 1<<63 - 1

// departedGuests reads a page of guests who have left, backward from an event. next is the
// event to continue from; it equals from at the end. The page leaves out participants who
// are present.
func departedGuests(ctx context.Context, r history.Reader, from journal.Seq) (guests []protocol.Participant, next journal.Seq, err error) {
	entries, err := r.Journal.Entries(ctx, r.Session, journal.SubjectParticipant, from, true, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	found, err := loadParticipants(ctx, r, entries)
	if err != nil {
		return nil, from, err
	}
	for _, entry := range entries {
		p, ok := found[entry.ID]
		if !ok {
			break // the next page begins with it
		}
		if p.Role != protocol.RoleHost && p.LeftAt != nil {
			guests = append(guests, p)
		}
		from = entry.First - 1
	}
	return guests, from, nil
}
