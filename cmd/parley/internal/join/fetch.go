package join

import (
	"context"
	"errors"
	"slices"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

// fetchedItem is the result of fetching an item of which the welcome had only the
// beginning.
type fetchedItem struct {
	id         string
	approval   protocol.Approval
	permission protocol.Permission
	request    protocol.Elicitation
	err        error
}

// fetchItems starts to fetch the items that are incomplete, one after the other, unless
// they are being fetched already.
func (s *session) fetchItems(ctx context.Context, items []*ledger.Item) {
	type request struct {
		id   string
		kind ledger.Kind
	}
	var requests []request
	for _, i := range items {
		if i.IsOpen() && i.FullSize() > 0 && !s.fetching[i.ID] {
			s.fetching[i.ID] = true
			requests = append(requests, request{i.ID, i.Kind})
		}
	}
	if len(requests) == 0 {
		return
	}
	s.work.Go(func() { // ends with the client
		for _, r := range requests {
			result := s.fetchItem(ctx, r.id, r.kind)
			select {
			case s.fetched <- result:
			case <-s.c.Done():
				return
			}
		}
	})
}

func (s *session) fetchItem(ctx context.Context, id string, k ledger.Kind) (f fetchedItem) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	f.id = id
	switch k {
	case ledger.KindQuestion:
		f.permission, f.err = s.c.WholePermission(ctx, id)
	case ledger.KindRequest:
		f.request, f.err = s.c.WholeElicitation(ctx, id)
	default:
		f.approval, f.err = s.c.WholeApproval(ctx, id)
	}
	return f
}

// itemFetched shows an item that is complete now.
func (s *session) itemFetched(f fetchedItem) {
	delete(s.fetching, f.id)
	i := s.room.ledger.Find(f.id)
	if i == nil || !i.IsOpen() || i.FullSize() == 0 {
		return
	}
	if e, ok := errors.AsType[*protocol.Error](f.err); ok && !e.Entry().Retryable {
		return // the item is closed, as an event reports
	}
	if f.err != nil {
		s.screen.line(bad, "* %s cannot be fetched: %s; /show %s tries again", i.Label(), display.OneLine(f.err.Error()), i.Label())
		return
	}
	switch i.Kind {
	case ledger.KindQuestion:
		s.room.putQuestion(f.permission, s.screen.story)
	case ledger.KindRequest:
		s.room.putRequest(f.request)
	default:
		s.room.putPrompt(f.approval, i.Author)
	}
	s.show(i)
}

// completeItem completes an open item from an earlier event that contains all of it.
func (r *room) completeItem(p protocol.Payload, past *story.Story) {
	switch p := p.(type) {
	case *protocol.PromptPendingApproval:
		if i := r.openItem(ledger.KindProposal, p.Approval.ID); i != nil && i.FullSize() > 0 {
			r.putPrompt(p.Approval, r.displayName(p.Participant))
		}
	case *protocol.PermissionRequested:
		if i := r.openItem(ledger.KindQuestion, p.RequestID); i != nil && i.FullSize() > 0 {
			r.putQuestion(p.Permission, past)
		}
	case *protocol.ElicitationRequested:
		if i := r.openItem(ledger.KindRequest, p.RequestID); i != nil && i.FullSize() > 0 {
			r.putRequest(p.Elicitation)
		}
	}
}

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
