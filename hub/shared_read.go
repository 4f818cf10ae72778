package hub

import (
	"cmp"
	"iter"
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

// invitation tells the holder of the invite what it is for, also when the session
// has ended. Anybody else is told what a join would be told.
func (s *sharedState) invitation(m invitation) decision {
	if err := s.requireCreated(); err != nil {
		return decision{err: err}
	}
	if err := s.requireInvite(m.invite); err != nil {
		return decision{err: cmp.Or(s.requireActive(), err)}
	}
	return decision{answer: &protocol.InvitationAnswer{
		Session:      s.Session,
		Host:         s.host(),
		Participants: s.People.firstHere(protocol.MaxInvitationParticipants),
		Present:      s.People.here,
	}}
}

// requireInvite returns INVALID_INVITE_TOKEN unless the invite is the present one.
func (s *sharedState) requireInvite(invite string) error {
	if s.rules.key.verify(inviteToken, s.ID.String(), s.Invite, invite) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced")
}

// reading makes the answer to a read. What the state does not hold is read
// from the journal later.
func (s *sharedState) reading(what readKind, at Head) any {
	switch what {
	case readParticipants:
		return s.everybody(at)
	case readMessages:
		return messagesUntil(at.Seq)
	}
	m := &SharedState{
		Session: s.Session,
		Cursor:  protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		people:  s.everybody(at),
		known:   slices.Clone(s.Approvals),
		open:    map[string]protocol.Approval{},
	}
	for _, o := range s.Open {
		m.open[o.Approval.ID] = o.Approval
	}
	return m
}

// SharedState is what the original API shows of a session, but for its approvals.
type SharedState struct {
	Session      protocol.Session
	Participants iter.Seq2[protocol.Participant, error] // everybody in join order, those who left included
	Cursor       string

	people everybody
	known  []approvalState
	open   map[string]protocol.Approval // of those, what is not done
}

// approvals reads some, newest first, of those before a place among all known
// ones, and returns the place to go on from: those that are not done from the
// state, the others from the events that showed them.
func (m *SharedState) approvals(r reader, before int) (some []protocol.Approval, next int, err error) {
	events, err := r.events(m.numbers(before))
	if err != nil {
		return nil, before, err
	}
	for bytes := 0; before > 0 && bytes < pageBytes; {
		k := m.known[before-1]
		a, isOpen := m.open[k.ID]
		if !isOpen {
			shown, has := events[k.Seq]
			failed, hasFailed := events[k.Failed]
			if !has || k.Failed != 0 && !hasFailed {
				break // it comes with the next page
			}
			a = approvalIn(shown, failed)
		}
		before--
		some = append(some, a)
		bytes += len(a.Prompt) + itemCost
	}
	return some, before, nil
}

// numbers are those of the events that the next page of approvals is read from.
func (m *SharedState) numbers(before int) (numbers []Seq) {
	for ; before > 0 && len(numbers) < pageItems; before-- {
		k := m.known[before-1]
		if _, isOpen := m.open[k.ID]; isOpen {
			continue
		}
		numbers = append(numbers, k.Seq)
		if k.Failed != 0 {
			numbers = append(numbers, k.Failed)
		}
	}
	return numbers
}

// approvalIn is an approval as an event shows it whole, and as it ended when
// another says that it failed.
func approvalIn(shown, failed event) (a protocol.Approval) {
	switch p := shown.public.(type) {
	case *protocol.PromptPendingApproval:
		a = p.Approval
	case *protocol.PromptApproved:
		a = p.Approval
	case *protocol.PromptRejected:
		a = p.Approval
	}
	if failed.public == nil {
		return a
	}
	a.Status = protocol.ApprovalFailed
	if p, ok := failed.public.(*protocol.PromptDispatchFailed); ok {
		a.ErrorMessage = &p.Error
	}
	return a
}

// messagesUntil stands for what was said up to an event.
type messagesUntil Seq

// messages reads some of what was said, oldest first: comments, and the messages
// that prompts left which had to wait. It returns the event to go on from.
func (m messagesUntil) messages(r reader, from Seq) (some []protocol.Message, next Seq, err error) {
	numbers, err := r.journal.Listed(r.ctx, r.session, from, pageItems)
	for len(numbers) > 0 && numbers[len(numbers)-1] > Seq(m) {
		numbers = numbers[:len(numbers)-1]
	}
	if err != nil || len(numbers) == 0 {
		return nil, from, err
	}
	records, err := r.journal.Events(r.ctx, r.session, numbers)
	if err != nil {
		return nil, from, err
	}
	bytes := 0
	for _, rec := range records {
		if bytes >= pageBytes {
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
