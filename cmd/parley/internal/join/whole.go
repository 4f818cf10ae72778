package join

import (
	"context"
	"errors"

	"parley/protocol"
)

// whole is what came of fetching an item of which the welcome had the beginning.
type whole struct {
	id         string
	approval   protocol.Approval
	permission protocol.Permission
	err        error
}

// fetch begins to fetch those of the items that are not here as a whole, one after
// the other.
func (s *session) fetch(ctx context.Context, items []*item) {
	type wanted struct {
		id   string
		kind kind
	}
	var all []wanted
	for _, i := range items {
		if i.done == "" && i.cut() > 0 && !s.fetching[i.id] {
			s.fetching[i.id] = true
			all = append(all, wanted{i.id, i.kind})
		}
	}
	if len(all) == 0 {
		return
	}
	s.work.Go(func() {
		for _, w := range all {
			got := s.whole(ctx, w.id, w.kind)
			select {
			case s.wholes <- got:
			case <-s.c.Done():
				return
			}
		}
	})
}

// toDecide is everything that waits for a decision.
func (l *ledger) toDecide() []*item {
	return append(l.waiting(kindQuestion), l.waiting(kindProposal)...)
}

func (s *session) whole(ctx context.Context, id string, k kind) (w whole) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w.id = id
	if k == kindQuestion {
		w.permission, w.err = s.c.WholePermission(ctx, id)
	} else {
		w.approval, w.err = s.c.WholeApproval(ctx, id)
	}
	return w
}

// fetched shows an item that is here as a whole now.
func (s *session) fetched(w whole) {
	delete(s.fetching, w.id)
	i := s.room.ledger.find(w.id)
	if i == nil || i.done != "" || i.cut() == 0 {
		return
	}
	if e, ok := errors.AsType[*protocol.Error](w.err); ok && !e.Entry().Retryable {
		return // it does not wait any more, as an event says
	}
	if w.err != nil {
		s.screen.line(bad, "* %s cannot be fetched: %s; /show %s tries again", i.name(), oneLine(w.err.Error()), i.name())
		return
	}
	if i.kind == kindQuestion {
		s.room.ask(w.permission, s.screen.calls)
	} else {
		s.room.prompt(w.approval, i.author)
	}
	s.show(i)
}

// complete takes the whole of what waits from an event of the past that has it.
func (r *room) complete(p protocol.Payload, calls *calls) {
	switch p := p.(type) {
	case *protocol.PromptPendingApproval:
		if i := r.waiting(kindProposal, p.Approval.ID); i != nil && i.cut() > 0 {
			r.prompt(p.Approval, r.nameOf(p.Participant))
		}
	case *protocol.PermissionRequested:
		if i := r.waiting(kindQuestion, p.RequestID); i != nil && i.cut() > 0 {
			r.ask(p.Permission, calls)
		}
	}
}
