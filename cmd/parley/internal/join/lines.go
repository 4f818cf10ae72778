package join

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/cmd/parley/internal/console"
	"parley/protocol"
	"parley/protocol/client"
)

// typed carries one line out, and reports whether it ends the run at once.
func (s *session) typed(ctx context.Context, line console.Line) bool {
	if line.TooLong {
		s.fail(fmt.Errorf("nothing was done: a line has at most %d bytes", console.MaxLine))
		return false
	}
	in, err := parse(line.Text)
	if err != nil {
		s.fail(err)
		return false
	}
	m := moment{line.Began, line.Ended, s.o.Terminal}
	switch in.verb {
	case verbHelp:
		s.screen.line(plain, "%s", HelpText)
	case verbWho:
		s.screen.who(s.room)
		s.fetchPeople(ctx)
	case verbQuit:
		s.wayBack()
		return true
	case verbShow:
		s.showItem(ctx, in)
	case verbApprove, verbReject, verbEdit:
		s.decide(ctx, in, m)
	case verbAllow, verbDeny:
		s.answer(ctx, in, m)
	case verbCancel:
		s.cancel(ctx, in, m)
	case verbNothing:
	default:
		s.last = in.verb == verbLeave
		in.as = s.room.promptAs(m)
		s.start(ctx, func(ctx context.Context) (func(), error) { return s.do(ctx, in) })
		if in.verb == verbSay {
			s.tellTalk()
		}
	}
	return false
}

// tellTalk says that a line was talk where it could have been meant as an
// answer to what waits.
func (s *session) tellTalk() {
	if s.room.self.Role != protocol.RoleHost {
		return
	}
	waiting := s.room.ledger.toDecide()
	if len(waiting) > 0 {
		s.screen.line(dim, "* that was said to everybody and decides nothing; what still waits: %s", list(waiting))
	}
}

// do carries out what needs nothing that loop owns.
func (s *session) do(ctx context.Context, in input) (show func(), err error) {
	switch in.verb {
	case verbSay:
		_, err = s.c.Chat(ctx, in.text, "")
	case verbPrompt:
		err = s.prompt(ctx, in)
	case verbMode:
		_, err = s.c.SetMode(ctx, protocol.Mode(in.text))
	case verbStop:
		err = s.c.StopAgent(ctx)
	case verbLeave:
		return s.leave(ctx)
	case verbHistory:
		return s.history(ctx, in.number)
	}
	return nil, err
}

// prompt sends a prompt as what its author was shown that it becomes. One that would
// become something else is not sent.
func (s *session) prompt(ctx context.Context, in input) error {
	_, err := s.c.PromptAs(ctx, in.text, in.as)
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Code == protocol.CodePromptNotAsExpected {
		return fmt.Errorf("%s; to send it all the same, type it again: /prompt %s", oneLine(e.Message), short(in.text, 100))
	}
	return err
}

func (s *session) showItem(ctx context.Context, in input) {
	if in.number == 0 {
		s.screen.waiting(s.room)
		s.fetch(ctx, s.room.ledger.toDecide())
		return
	}
	i, err := s.room.ledger.numbered(in.number)
	if err != nil {
		s.fail(err)
		return
	}
	s.screen.item(s.room, i)
	s.fetch(ctx, []*item{i})
}

func (s *session) decide(ctx context.Context, in input, m moment) {
	i, err := s.room.ledger.pick(kindProposal, in.number, m, false)
	if err != nil {
		s.fail(err)
		return
	}
	id, edited := i.approval.ID, i.edited
	if in.verb == verbEdit {
		i.edited = in.text
		if in.text == "" {
			s.screen.proposal(s.room, i)
		} else {
			s.screen.edited(i)
		}
		return
	}
	s.start(ctx, func(ctx context.Context) (func(), error) {
		var err error
		if in.verb == verbApprove {
			_, err = s.c.Approve(ctx, id, edited)
		} else {
			_, err = s.c.Reject(ctx, id, in.text)
		}
		return nil, err
	})
}

func (s *session) answer(ctx context.Context, in input, m moment) {
	i, err := s.room.ledger.pick(kindQuestion, in.number, m, in.text != "")
	if err != nil {
		s.fail(err)
		return
	}
	once := map[verb]string{verbAllow: "allow_once", verbDeny: "reject_once"}[in.verb]
	o, err := i.question.choose(in.text, once)
	if err != nil {
		s.fail(fmt.Errorf("nothing was done: %w; type /allow %s and the number", err, i.name()))
		return
	}
	id := i.id
	s.start(ctx, func(ctx context.Context) (func(), error) {
		return nil, s.c.AnswerPermission(ctx, id, o.ID)
	})
}

// cancel stops a turn, or takes a proposal back.
func (s *session) cancel(ctx context.Context, in input, m moment) {
	k := kindTurn
	if i, err := s.room.ledger.numbered(in.number); err == nil && i.kind == kindProposal {
		k = kindProposal
	}
	i, err := s.room.ledger.pick(k, in.number, m, false)
	if err != nil {
		s.fail(err)
		return
	}
	id := i.id
	s.start(ctx, func(ctx context.Context) (func(), error) {
		_, err := s.c.Cancel(ctx, id)
		return nil, err
	})
}

func (s *session) history(ctx context.Context, n int) (func(), error) {
	answer, err := s.c.History(ctx, protocol.History{Limit: n})
	if err != nil {
		return nil, err
	}
	events, err := client.DecodeEvents(answer.Events)
	if err != nil {
		return nil, err
	}
	return func() { s.replay(events) }, nil
}

// replay shows events that the screen may have shown before. What tools print in
// them is not added to their output once more.
func (s *session) replay(events []*protocol.Event) {
	known := s.screen.calls
	s.screen.calls = known.withoutOutput()
	s.past(events)
	s.screen.calls = known
}

// past shows events that were, without counting them again.
func (s *session) past(events []*protocol.Event) {
	s.screen.line(dim, "--- the last %d events", len(events))
	for _, e := range events {
		s.room.complete(e.Payload, s.screen.calls)
		s.screen.event(s.room, e)
	}
	s.screen.line(dim, "---")
}

// receive shows a notice and takes it in.
func (s *session) receive(ctx context.Context, n client.Notice) {
	switch n := n.(type) {
	case client.Welcome:
		s.welcomed(&n)
		s.fetch(ctx, s.room.ledger.toDecide())
		s.fetchPeople(ctx)
	case client.Event:
		s.room.expect(n.Payload, s.screen.calls)
		begun := time.Now()
		if !s.echo(n.Payload) {
			s.screen.event(s.room, n.Event)
		}
		s.room.fold(n.Payload, s.shownAt(begun))
	case client.Presence:
		s.room.present = n.Participants
	case client.Connection:
		s.connection(n.Status)
	case client.ServerError:
		s.screen.line(bad, "* the server says: %s", oneLine(n.Message))
	}
	s.tellDecider(n)
}

// welcomed shows how things stand, after the last few events. Earlier ones
// tell what the calls do that are asked about.
func (s *session) welcomed(w *client.Welcome) {
	events, err := client.DecodeEvents(w.Recent)
	if err != nil {
		events = nil
	}
	for _, e := range events {
		if u, ok := e.Payload.(*protocol.HostSessionUpdate); ok {
			s.screen.calls.learn(u.Notification)
		}
	}
	begun := time.Now()
	s.room.enter(&w.Welcome, s.screen.calls, begun)
	for _, e := range events {
		s.room.complete(e.Payload, s.screen.calls)
	}
	if shown := events[max(0, len(events)-shownEvents):]; len(shown) > 0 {
		s.past(shown)
	}
	s.screen.welcome(s.room, &w.Welcome)
	if s.room.readOnly != "" {
		s.screen.line(alert, "* %s; you can read: /history N shows the last N events, /quit ends", s.room.readOnly)
	}
	s.room.seen(s.shownAt(begun))
}

// show shows an item that waits, which can be decided on from then on.
func (s *session) show(i *item) {
	begun := time.Now()
	s.screen.item(s.room, i)
	s.room.seen(s.shownAt(begun))
}

// shownAt is when something counts as shown whose printing has begun then, and is
// done now. A program can answer as soon as it reads the first line; a person has
// to have seen all of it.
func (s *session) shownAt(begun time.Time) time.Time {
	if s.o.Terminal {
		return time.Now()
	}
	return begun
}

// echo reports whether an event is a message that the person typed here and still
// sees.
func (s *session) echo(p protocol.Payload) bool {
	m, ok := p.(*protocol.MessageCreated)
	return ok && s.o.Terminal && m.Participant.ID == s.room.self.ID
}

// connection says once that the connection is lost, and once that it is back.
func (s *session) connection(st client.Status) {
	switch {
	case st.State == client.Waiting && !s.lost:
		s.lost = true
		s.screen.line(bad, "* the connection is lost; trying again by itself")
	case st.State == client.Online && s.lost:
		s.lost = false
		s.screen.line(accent, "* connected again")
	case st.State == client.Ended && !errors.Is(st.Err, client.ErrClosed):
		s.screen.line(accent, "* disconnected: %s", oneLine(st.Err.Error()))
	}
}
