package join

import (
	"context"
	"slices"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// participantPage is a page of the participants that a welcome had no room for.
type participantPage struct {
	welcome int // number of the welcome
	answer  protocol.PeopleAnswer
	err     error
}

// fetchParticipants starts to fetch the next page of participants, unless all are known or
// a page is being fetched.
func (s *session) fetchParticipants(ctx context.Context) {
	after, welcome := s.room.moreAfter, s.room.welcomes
	if after == "" || s.pageFor == welcome {
		return
	}
	s.pageFor = welcome
	s.work.Go(func() { // ends with the client
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		page := participantPage{welcome: welcome}
		page.answer, page.err = s.c.ParticipantsAfter(ctx, after, protocol.DefaultLimits.HistoryLimit)
		select {
		case s.pages <- page:
		case <-s.c.Done():
		}
	})
}

// participantsFetched adds a page, and fetches the next.
func (s *session) participantsFetched(ctx context.Context, page participantPage) {
	if page.welcome != s.room.welcomes {
		return // another welcome has arrived
	}
	s.pageFor = 0
	if page.err != nil {
		s.screen.line(bad, "* the list of participants is incomplete: %s; /who tries again", display.OneLine(page.err.Error()))
		return
	}
	s.room.addParticipants(page.answer)
	s.fetchParticipants(ctx)
}

// addParticipants adds participants that the welcome had no room for.
func (r *room) addParticipants(page protocol.PeopleAnswer) {
	for _, p := range page.Participants {
		known := slices.ContainsFunc(r.participants, func(o protocol.Participant) bool { return o.ID == p.ID })
		if !known && p.LeftAt == nil && !r.leftMeanwhile[p.ID] {
			r.participants = append(r.participants, p)
		}
	}
	if n := len(page.Participants); page.More && n > 0 {
		r.moreAfter = page.Participants[n-1].ID
		return
	}
	r.moreAfter, r.leftMeanwhile = "", nil
}

// putParticipant adds or updates a participant.
func (r *room) putParticipant(p protocol.Participant) {
	if i := slices.IndexFunc(r.participants, func(o protocol.Participant) bool { return o.ID == p.ID }); i >= 0 {
		r.participants[i] = p
	} else {
		r.participants = append(r.participants, p)
	}
	if p.ID == r.self.ID {
		r.self = p
	}
}

// removeParticipant removes a participant who has left.
func (r *room) removeParticipant(id string) {
	r.participants = slices.DeleteFunc(r.participants, func(o protocol.Participant) bool { return o.ID == id })
	if r.moreAfter != "" {
		r.leftMeanwhile[id] = true
	}
}

// nameByID returns the name of a participant.
func (r *room) nameByID(id string) string {
	for _, p := range r.participants {
		if p.ID == id {
			return r.displayName(p)
		}
	}
	return unknownName
}
