package lookup

import (
	"context"
	"errors"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Participant reads a participant by id; nil if there is none. Its errors are those of
// [history.ClientError].
func Participant(ctx context.Context, r history.Reader, id string) (*protocol.Participant, error) {
	entry, err := r.Journal.Entry(ctx, r.Session, journal.SubjectParticipant, id)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, history.ClientError(ctx, err)
	}
	found, err := loadParticipants(ctx, r, []journal.Entry{entry})
	if err != nil {
		return nil, history.ClientError(ctx, err)
	}
	return new(found[id]), nil
}

// loadParticipants reads participants, by id, in the form that the newest events about them
// have. Like [ReadEvents], it may return only the first of them, but at least two.
func loadParticipants(ctx context.Context, r history.Reader, entries []journal.Entry) (map[string]protocol.Participant, error) {
	numbers := make([]journal.Seq, len(entries))
	for i, e := range entries {
		numbers[i] = e.Newest
	}
	events, err := ReadEvents(ctx, r, numbers)
	if err != nil {
		return nil, err
	}
	found := make(map[string]protocol.Participant, len(events))
	for _, entry := range entries {
		if e, ok := events[entry.Newest]; ok {
			found[entry.ID] = shared.ParticipantOf(e)
		}
	}
	return found, nil
}

// Participants are all participants of a session up to an event, including those who have
// left.
type Participants struct {
	known      []protocol.Participant // the state's, in join order, the host first
	incomplete bool                   // the journal has guests whom known does not contain
	until      journal.Seq
}

// participantsOf returns the participants of a session up to its newest event.
func participantsOf(s *shared.State, at journal.Head) Participants {
	return Participants{s.People.List(), s.LeftCount > 0, at.Seq}
}

// Pages returns a function that reads a page of participants in join order. The first call
// is with 0; each returns the event to continue from, which equals from at the end. The
// function is for one goroutine.
func (m Participants) Pages(ctx context.Context, r history.Reader) func(from journal.Seq) ([]protocol.Participant, journal.Seq, error) {
	known := make(map[string]protocol.Participant, len(m.known))
	for _, p := range m.known {
		known[p.ID] = p
	}
	return func(from journal.Seq) (page []protocol.Participant, next journal.Seq, err error) {
		switch {
		case from > m.until:
			return nil, from, nil
		case !m.incomplete:
			return m.known, m.until + 1, nil
		case from == 0:
			return m.known[:1], 1, nil // the host, who joined by creating the session
		}
		return m.guests(ctx, r, known, from)
	}
}

// guests reads a page of guests.
func (m Participants) guests(ctx context.Context, r history.Reader, known map[string]protocol.Participant, from journal.Seq) (page []protocol.Participant, next journal.Seq, err error) {
	entries, err := r.Journal.Entries(ctx, r.Session, journal.SubjectParticipant, from, false, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	departed, err := m.readUnknown(ctx, r, known, entries)
	if err != nil {
		return nil, from, err
	}
	for _, entry := range entries {
		if entry.First > m.until {
			return page, m.until + 1, nil
		}
		p, ok := known[entry.ID]
		if !ok {
			if p, ok = departed[entry.ID]; !ok {
				return page, entry.First, nil // the next page begins with it
			}
		}
		if p.Role != protocol.RoleHost {
			page = append(page, p)
		}
		from = entry.First + 1
	}
	if len(entries) < history.PageItems {
		from = m.until + 1
	}
	return page, from, nil
}

// readUnknown reads the participants among the entries whom known does not contain.
func (m Participants) readUnknown(ctx context.Context, r history.Reader, known map[string]protocol.Participant, entries []journal.Entry) (map[string]protocol.Participant, error) {
	var unknown []journal.Entry
	for _, entry := range entries {
		if _, ok := known[entry.ID]; !ok && entry.First <= m.until {
			unknown = append(unknown, entry)
		}
	}
	return loadParticipants(ctx, r, unknown)
}
