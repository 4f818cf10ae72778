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
		return messagesUntil(at.Seq)
	}
	m := &SharedState{
		Session:      s.Session,
		Participants: s.People.list(),
		Cursor:       protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		known:        slices.Clone(s.Approvals),
		open:         map[string]protocol.Approval{},
	}
	for _, o := range s.Open {
		m.open[o.Approval.ID] = o.Approval
	}
	return m
}

// SharedState is what the original API shows of a session.
type SharedState struct {
	Session      protocol.Session
	Participants []protocol.Participant // everybody in join order, those who left included
	Cursor       string

	known []approvalState
	open  map[string]protocol.Approval // of those, what is not done
}

// approvals reads some, newest first, of those before a place among all known
// ones, and returns the place to go on from: those that are not done from the
// state, the others from the events that showed them.
func (m *SharedState) approvals(r reader, before int) (some []protocol.Approval, next int, err error) {
	for bytes := 0; before > 0 && bytes < pageBytes; {
		before--
		k := m.known[before]
		a, isOpen := m.open[k.ID]
		if !isOpen {
			if a, err = r.approval(k); err != nil {
				return nil, before, err
			}
		}
		some = append(some, a)
		bytes += len(a.Prompt) + itemCost
	}
	return some, before, nil
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

// messagesUntil stands for what was said up to an event.
type messagesUntil Seq

// messages reads some of what was said, oldest first: comments, and the messages
// that prompts left which had to wait. It returns the event to go on from.
func (m messagesUntil) messages(r reader, from Seq) (some []protocol.Message, next Seq, err error) {
	bytes, last := 0, min(Seq(m), from+pageEvents-1)
	for rec, err := range r.records(from) {
		if err != nil {
			return nil, from, err
		}
		if rec.Seq > last || bytes >= pageBytes {
			break
		}
		from = rec.Seq + 1
		said, err := messageIn(rec)
		if err != nil {
			return nil, from, err
		}
		if said != nil {
			some = append(some, *said)
			bytes += len(said.Text) + itemCost
		}
	}
	return some, from, nil
}

// messageIn returns the message that an event left, or nil.
func messageIn(rec Record) (*protocol.Message, error) {
	switch protocol.EventType(rec.Type) {
	case protocol.EventMessageCreated, protocol.EventPromptPendingApproval:
	default:
		return nil, nil
	}
	e, err := decodeShared(rec)
	if err != nil {
		return nil, err
	}
	if p, ok := e.public.(*protocol.MessageCreated); ok {
		return &p.Message, nil
	}
	return e.private.Message, nil
}

func decodeShared(r Record) (event, error) { return decodeEvent(r, protocol.DecodePayload) }
