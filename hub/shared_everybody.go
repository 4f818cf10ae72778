package hub

import (
	"context"
	"errors"
	"slices"

	"parley/hub/history"
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
func (m everybody) participants(ctx context.Context, r history.Reader) func(from journal.Seq) ([]protocol.Participant, journal.Seq, error) {
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
		return m.page(ctx, r, byID, from)
	}
}

// page reads the next guests.
func (m everybody) page(ctx context.Context, r history.Reader, byID map[string]protocol.Participant, from journal.Seq) (some []protocol.Participant, next journal.Seq, err error) {
	listed, err := r.Journal.Entries(ctx, r.Session, journal.SubjectParticipant, from, false, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	var absent []journal.Entry
	for _, p := range listed {
		if _, here := byID[p.ID]; !here && p.First <= m.until {
			absent = append(absent, p)
		}
	}
	left, err := journaledParticipants(ctx, r, absent)
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
	if len(listed) < history.PageItems {
		from = m.until + 1
	}
	return some, from, nil
}

// journaledParticipants reads participants as the newest events about them show them;
// of many perhaps only the first, at least two.
func journaledParticipants(ctx context.Context, r history.Reader, of []journal.Entry) (map[string]protocol.Participant, error) {
	numbers := make([]journal.Seq, len(of))
	for i, p := range of {
		numbers[i] = p.Newest
	}
	events, err := readEvents(ctx, r, numbers)
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

// journaledParticipant reads a participant by id; nil when there is none.
func journaledParticipant(ctx context.Context, r history.Reader, id string) (*protocol.Participant, error) {
	of, err := r.Journal.Entry(ctx, r.Session, journal.SubjectParticipant, id)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, history.ClientError(ctx, err)
	}
	found, err := journaledParticipants(ctx, r, []journal.Entry{of})
	if err != nil {
		return nil, history.ClientError(ctx, err)
	}
	p := found[id]
	return &p, nil
}

// insidePage is the answer to a request for the participants whom a welcome
// shows, in join order.
type insidePage struct {
	which  protocol.People
	people []protocol.Participant // all of them, the host first
}

// Read implements [history.Deferred].
func (a insidePage) Read(ctx context.Context, r history.Reader) (any, error) {
	from, err := a.placeAfter(ctx, r, a.which.After)
	if err != nil {
		return nil, err
	}
	to := min(from+a.which.Limit, len(a.people))
	return &protocol.PeopleAnswer{Participants: a.people[from:to], Removed: []string{}, More: to < len(a.people)}, nil
}

// placeAfter returns the index of the first participant who joined after another
// one, who may have left since.
func (a insidePage) placeAfter(ctx context.Context, r history.Reader, id string) (int, error) {
	if id == "" {
		return 0, nil
	}
	if i := slices.IndexFunc(a.people, func(p protocol.Participant) bool { return p.ID == id }); i >= 0 {
		return i + 1, nil
	}
	p, err := journaledParticipant(ctx, r, id)
	if err != nil {
		return 0, err
	}
	if p == nil {
		return 0, protocol.Errorf(protocol.CodeParticipantNotFound, "after: no such participant in this session")
	}
	for i, q := range a.people {
		if i > 0 && !q.JoinedAt.Before(p.JoinedAt) { // the host may have returned later
			return i, nil
		}
	}
	return len(a.people), nil
}

// leftPage is the answer to a request for guests who have left, the last to join
// first.
type leftPage struct {
	which  protocol.People
	barred map[string]bar // a copy
}

// Read implements [history.Deferred].
func (a leftPage) Read(ctx context.Context, r history.Reader) (any, error) {
	from, err := joinedBefore(ctx, r, a.which.Before)
	if err != nil {
		return nil, err
	}
	answer := &protocol.PeopleAnswer{Participants: []protocol.Participant{}, Removed: []string{}}
	for {
		some, next, err := guestsWhoLeft(ctx, r, from)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			if answer.More = len(answer.Participants) == a.which.Limit; answer.More {
				return answer, nil
			}
			answer.Participants = append(answer.Participants, p)
			if _, removed := a.barred[p.UserID]; removed {
				answer.Removed = append(answer.Removed, p.ID)
			}
		}
		if next == from {
			return answer, nil
		}
		from = next
	}
}

// joinedBefore returns the last event by which a guest can have joined before a
// participant; without a participant, the last event of all.
func joinedBefore(ctx context.Context, r history.Reader, id string) (journal.Seq, error) {
	if id == "" {
		return maxSeq, nil
	}
	p, err := r.Journal.Entry(ctx, r.Session, journal.SubjectParticipant, id)
	if errors.Is(err, journal.ErrNotFound) {
		return 0, protocol.Errorf(protocol.CodeParticipantNotFound, "before: no such participant in this session")
	}
	return p.First - 1, err
}

// maxSeq is behind every event. A column of SQLite can hold it.
const maxSeq = 1<<63 - 1

// guestsWhoLeft reads some guests who have left, backward from an event, and
// returns the event to continue from, which stays the same at the end. It skips
// the few participants who are still present.
func guestsWhoLeft(ctx context.Context, r history.Reader, from journal.Seq) (some []protocol.Participant, next journal.Seq, err error) {
	listed, err := r.Journal.Entries(ctx, r.Session, journal.SubjectParticipant, from, true, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	found, err := journaledParticipants(ctx, r, listed)
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
