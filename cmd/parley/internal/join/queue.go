package join

import (
	"context"
	"errors"
	"fmt"

	"parley/cmd/parley/internal/command"
	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/protocol"
)

// showQueue lists the prompts that wait for the agent.
func (s *session) showQueue(ctx context.Context) {
	s.screen.queue(s.room)
	var items []*ledger.Item
	for _, q := range s.room.queue {
		if i := s.room.openItem(ledger.KindTurn, q.ApprovalID); i != nil {
			items = append(items, i)
		}
	}
	s.fetchItems(ctx, items)
}

// withdraw ends a prompt before it begins.
func (s *session) withdraw(ctx context.Context, c command.Command, m ledger.Moment) {
	i, err := s.waiting(c.Number, m)
	if err != nil {
		s.fail(err)
		return
	}
	id := i.ID
	s.startLine(ctx, func(ctx context.Context) (func(), error) { return nil, s.c.Withdraw(ctx, id) })
}

// editOwn replaces the text of a prompt of the person's own before it begins.
func (s *session) editOwn(ctx context.Context, c command.Command, m ledger.Moment) {
	i, err := s.waiting(c.Number, m)
	if err == nil && c.Text == "" {
		err = fmt.Errorf("nothing was done: add the new text: /edit %s TEXT", i.Label())
	}
	if err != nil {
		s.fail(err)
		return
	}
	id, as := i.ID, s.room.expectedPromptAs(m)
	if i.Kind == ledger.KindProposal {
		as = protocol.PromptAsProposal // it goes on waiting for the host
	}
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		_, err := s.c.EditPrompt(ctx, id, c.Text, as)
		if e, ok := errors.AsType[*protocol.Error](err); ok && e.Code == protocol.CodePromptNotAsExpected {
			return nil, errors.New("nothing was done: the mode or your role has changed; read what your prompts become now, and type the line again")
		}
		return nil, err
	})
}

// isOwnPrompt reports whether the item with a number is a prompt that the person wrote.
func (s *session) isOwnPrompt(number int) bool {
	i, err := s.room.ledger.Numbered(number)
	return err == nil && (i.Kind == ledger.KindProposal || i.Kind == ledger.KindTurn) && i.Approval.ParticipantID == s.room.self.ID
}

// movePrompt moves a waiting prompt before another one, or to the end.
func (s *session) movePrompt(ctx context.Context, c command.Command, m ledger.Moment) {
	moved, err := s.waiting(c.Number, m)
	before := ""
	if err == nil && c.Other > 0 {
		var other *ledger.Item
		if other, err = s.waiting(c.Other, m); err == nil {
			before = other.ID
		}
	}
	if err != nil {
		s.fail(err)
		return
	}
	id := moved.ID
	s.startLine(ctx, func(ctx context.Context) (func(), error) {
		_, err := s.c.MovePrompt(ctx, id, before)
		return nil, err
	})
}

// waiting returns the prompt with a number, which was shown and is open. The server knows
// whether it has begun.
func (s *session) waiting(number int, m ledger.Moment) (*ledger.Item, error) {
	k := ledger.KindTurn
	if i, err := s.room.ledger.Numbered(number); err == nil && i.Kind == ledger.KindProposal {
		k = ledger.KindProposal
	}
	return s.room.ledger.PickNumber(k, number, m)
}

// queue prints the prompts that wait for the agent, in the order in which they run.
func (s *screen) queue(r *room) {
	if len(r.queue) == 0 {
		s.line(dim, "* no prompt waits for the agent")
	}
	for n, q := range r.queue {
		i := r.openItem(ledger.KindTurn, q.ApprovalID)
		if i == nil {
			continue
		}
		if i.FullSize() > 0 {
			s.truncatedItem(i)
			continue
		}
		s.line(accent, "* %d. %s %s prompted (%s): %s", n+1, i.Label(), i.Author, turnsAhead(q.Ahead), promptText(i.Approval.Prompt))
	}
}

// turnsAhead describes how long a prompt waits.
func turnsAhead(n int) string {
	switch n {
	case 0:
		return "next"
	case 1:
		return "after 1 turn"
	}
	return fmt.Sprintf("after %d turns", n)
}

// queueChanged prints who has moved a prompt, and the new order.
func (s *screen) queueChanged(r *room, p *protocol.QueueChanged) {
	if p.Participant == nil {
		return // the events about the turns say what has changed
	}
	var waiting []*ledger.Item
	for _, q := range p.Queue {
		if i := r.ledger.Find(q.ApprovalID); i != nil {
			waiting = append(waiting, i)
		}
	}
	s.line(accent, "* %s has moved a prompt; these wait now, in this order: %s", r.displayName(*p.Participant), ledger.ListItems(waiting))
}

// rejected prints that a proposal was rejected, withdrawn or replaced.
func (s *screen) rejected(r *room, p *protocol.PromptRejected) {
	how, reason := rejectedHow(p), p.Approval.Reason
	switch how {
	case protocol.ReasonWithdrawn:
		how, reason = "withdrew", nil
	case protocol.ReasonReplaced:
		reason = nil
	}
	s.line(accent, "* %s %s%s: %s%s", r.displayName(p.Participant), how, r.suffix(p.Approval.ID), display.Short(p.Approval.Prompt, 100), display.Because(reason))
}

// circumstances describes what a prompt does beside its text.
func (r *room) circumstances(a protocol.Approval) string {
	text := ""
	if a.When == protocol.WhenInterrupt {
		text = ", interrupting the running turn"
	}
	if a.Replaces == "" {
		return text
	}
	if i := r.ledger.Find(a.Replaces); i != nil {
		return text + ", in place of " + i.Label()
	}
	return text + ", in place of an earlier text"
}

// rejectedHow returns how a proposal ended that does not go to the agent.
func rejectedHow(p *protocol.PromptRejected) string {
	if reason := p.Approval.Reason; reason != nil && p.Participant.ID == p.Approval.ParticipantID {
		if *reason == protocol.ReasonWithdrawn || *reason == protocol.ReasonReplaced {
			return *reason
		}
	}
	return "rejected"
}

// otherTurns counts the turns before a prompt that begins to wait.
func otherTurns(n int) string {
	if n == 1 {
		return "1 other turn"
	}
	return fmt.Sprintf("%d other turns", n)
}
