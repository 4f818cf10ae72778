package join

import (
	"context"
	"slices"

	"parley/protocol"
)

// peoplePage is a page of the participants that did not fit into a welcome.
type peoplePage struct {
	of     int // which welcome
	answer protocol.PeopleAnswer
	err    error
}

// fetchPeople begins to fetch the next page of those who are in the session, unless
// all are known or it is under way already.
func (s *session) fetchPeople(ctx context.Context) {
	after, of := s.room.peopleAfter, s.room.welcomes
	if after == "" || s.asked == of {
		return
	}
	s.asked = of
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		page := peoplePage{of: of}
		page.answer, page.err = s.c.ParticipantsAfter(ctx, after, protocol.DefaultLimits.HistoryLimit)
		select {
		case s.pages <- page:
		case <-s.c.Done():
		}
	})
}

// fetchedPeople takes a page in, and goes on with the next.
func (s *session) fetchedPeople(ctx context.Context, page peoplePage) {
	if page.of != s.room.welcomes {
		return // another welcome has come meanwhile
	}
	s.asked = 0
	if page.err != nil {
		s.screen.line(bad, "* not everybody is known who is here: %s; /who tries again", oneLine(page.err.Error()))
		return
	}
	s.room.meet(page.answer)
	s.fetchPeople(ctx)
}

// meet takes in people who were here already when the welcome was made.
func (r *room) meet(page protocol.PeopleAnswer) {
	for _, p := range page.Participants {
		known := slices.ContainsFunc(r.people, func(o protocol.Participant) bool { return o.ID == p.ID })
		if !known && p.LeftAt == nil && !r.gone[p.ID] {
			r.people = append(r.people, p)
		}
	}
	if n := len(page.Participants); page.More && n > 0 {
		r.peopleAfter = page.Participants[n-1].ID
		return
	}
	r.peopleAfter, r.gone = "", nil
}

// part notes that a participant has left.
func (r *room) part(id string) {
	r.people = slices.DeleteFunc(r.people, func(o protocol.Participant) bool { return o.ID == id })
	if r.peopleAfter != "" {
		r.gone[id] = true
	}
}
