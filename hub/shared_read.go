package hub

import (
	"slices"

	"parley/protocol"
)

// read is what the original API shows of an active session.
func (s *sharedState) read(m read) decision {
	if err := s.requireActive(); err != nil {
		return decision{err: err}
	}
	if m.who != nil {
		if _, err := s.authenticate(*m.who); err != nil {
			return decision{err: err}
		}
	}
	return decision{answer: m.what}
}

// reading makes the answer to a read. What the state does not hold is read
// from the journal later.
func (s *sharedState) reading(what readKind, at Head) any {
	switch what {
	case readParticipants:
		return &protocol.ParticipantsAnswer{Participants: s.People.list()}
	case readMessages:
		return deferred(func(r reader) (any, error) { return r.messages(at.Seq) })
	}
	a := &protocol.StateAnswer{
		Session:      s.Session,
		Participants: s.People.list(),
		Cursor:       protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
	}
	known, open := slices.Clone(s.Approvals), map[string]protocol.Approval{}
	for _, o := range s.Open {
		open[o.Approval.ID] = o.Approval
	}
	return deferred(func(r reader) (any, error) {
		var err error
		a.Approvals, err = r.approvals(known, open)
		return a, err
	})
}

// approvals returns all, newest first: those that are not done from the state,
// the others from the events that showed them.
func (r reader) approvals(known []approvalState, open map[string]protocol.Approval) ([]protocol.Approval, error) {
	all := make([]protocol.Approval, 0, len(known))
	for _, k := range slices.Backward(known) {
		a, isOpen := open[k.ID]
		if !isOpen {
			var err error
			if a, err = r.approval(k); err != nil {
				return nil, err
			}
		}
		all = append(all, a)
	}
	return all, nil
}

func (r reader) approval(k approvalState) (protocol.Approval, error) {
	e, err := r.event(k.Seq, decodeShared)
	if err != nil {
		return protocol.Approval{}, err
	}
	var a protocol.Approval
	switch p := e.public.(type) {
	case *protocol.PromptPendingApproval:
		a = p.Approval
	case *protocol.PromptApproved:
		a = p.Approval
	case *protocol.PromptRejected:
		a = p.Approval
	}
	if k.Failed == 0 {
		return a, nil
	}
	if e, err = r.event(k.Failed, decodeShared); err != nil {
		return a, err
	}
	a.Status = protocol.ApprovalFailed
	if p, ok := e.public.(*protocol.PromptDispatchFailed); ok {
		a.ErrorMessage = &p.Error
	}
	return a, nil
}

// messages returns what was said up to an event, oldest first: comments, and
// the messages that prompts left which had to wait.
func (r reader) messages(until Seq) (*protocol.MessagesAnswer, error) {
	a := &protocol.MessagesAnswer{Messages: []protocol.Message{}}
	for rec, err := range r.records(1) {
		if err != nil {
			return nil, err
		}
		if rec.Seq > until {
			break
		}
		switch protocol.EventType(rec.Type) {
		case protocol.EventMessageCreated, protocol.EventPromptPendingApproval:
		default:
			continue
		}
		e, err := decodeShared(rec)
		if err != nil {
			return nil, err
		}
		if p, ok := e.public.(*protocol.MessageCreated); ok {
			a.Messages = append(a.Messages, p.Message)
		} else if e.private.Message != nil {
			a.Messages = append(a.Messages, *e.private.Message)
		}
	}
	return a, nil
}

func decodeShared(r Record) (event, error) { return decodeEvent(r, protocol.DecodePayload) }
