package hub

import (
	"cmp"
	"context"
	"iter"

	"parley/hub/history"
	"parley/hub/journal"
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
	if s.rules.Key.verify(inviteToken, s.ID.String(), s.Invite, invite) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced")
}

// reading makes the answer to a read. What the state does not hold is read
// from the journal later.
func (s *sharedState) reading(what readKind, at journal.Head) any {
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
		until:   at.Seq,
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
	until  journal.Seq                  // the event that it stands on
	open   map[string]protocol.Approval // what was not done then
}

// approvals reads some, newest first, of those that were begun up to an event, and
// returns the event to go on from: those that are not done from the state, the others,
// which change no more, from the journal.
func (m *SharedState) approvals(ctx context.Context, r history.Reader, from journal.Seq) (some []protocol.Approval, next journal.Seq, err error) {
	listed, err := r.Journal.Entries(ctx, r.Session, journal.SubjectApproval, from, true, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	var numbers []journal.Seq
	for _, e := range listed {
		if _, isOpen := m.open[e.ID]; !isOpen {
			numbers = append(numbers, eventsOf(e)...)
		}
	}
	events, err := readEvents(ctx, r, numbers)
	if err != nil {
		return nil, from, err
	}
	bytes := 0
	for _, e := range listed {
		a, isOpen := m.open[e.ID]
		if !isOpen {
			shown, has := events[e.Whole]
			newest, hasNewest := events[e.Newest]
			if !has || !hasNewest {
				break // it comes with the next page
			}
			a = approvalIn(shown, newest)
		}
		some, from = append(some, a), e.First-1
		if bytes += len(a.Prompt) + itemCost; bytes >= history.PageBytes {
			break
		}
	}
	return some, from, nil
}

// messagesUntil stands for what was said up to an event.
type messagesUntil journal.Seq

// messages reads some of what was said, oldest first: comments, and the messages
// that prompts left which had to wait. It returns the event to go on from.
func (m messagesUntil) messages(ctx context.Context, r history.Reader, from journal.Seq) (some []protocol.Message, next journal.Seq, err error) {
	numbers, err := r.Journal.Listed(ctx, r.Session, from, history.PageItems)
	for len(numbers) > 0 && numbers[len(numbers)-1] > journal.Seq(m) {
		numbers = numbers[:len(numbers)-1]
	}
	if err != nil || len(numbers) == 0 {
		return nil, from, err
	}
	records, err := r.Journal.Events(ctx, r.Session, numbers)
	if err != nil {
		return nil, from, err
	}
	bytes := 0
	for _, rec := range records {
		if bytes >= history.PageBytes {
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
func messageIn(rec journal.Record) (*protocol.Message, error) {
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

func decodeShared(r journal.Record) (event, error) { return decodeEvent(r, protocol.DecodePayload) }
