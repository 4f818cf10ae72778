package join

import (
	"context"
	"errors"

	"parley/protocol"
	"parley/protocol/client"
)

// typed carries one line out, and reports whether it ends the run at once.
func (s *session) typed(ctx context.Context, line string) bool {
	in, err := parse(line)
	if err != nil {
		s.fail(err)
		return false
	}
	switch in.verb {
	case verbHelp:
		s.screen.line(plain, "%s", helpText)
	case verbWho:
		s.screen.who(&s.room)
	case verbQuit:
		s.wayBack()
		return true
	case verbApprove, verbReject:
		s.decide(ctx, in)
	case verbAllow:
		s.answer(ctx, in.text, "allow_once")
	case verbDeny:
		s.answer(ctx, "", "reject_once", "reject_always")
	case verbNothing:
	default:
		s.last = in.verb == verbLeave
		s.start(ctx, func(ctx context.Context) (func(), error) { return s.do(ctx, in) })
	}
	return false
}

// do carries out what needs nothing that loop owns.
func (s *session) do(ctx context.Context, in input) (show func(), err error) {
	switch in.verb {
	case verbSay:
		_, err = s.c.Chat(ctx, in.text, "")
	case verbPrompt:
		_, err = s.c.Prompt(ctx, in.text)
	case verbCancel:
		_, err = s.c.Cancel(ctx, "")
	case verbMode:
		_, err = s.c.SetMode(ctx, protocol.Mode(in.text))
	case verbLeave:
		err = s.c.Leave(ctx)
	case verbHistory:
		return s.history(ctx, in.number)
	}
	return nil, err
}

func (s *session) decide(ctx context.Context, in input) {
	p, err := s.room.prompt(in.number)
	if err != nil {
		s.fail(err)
		return
	}
	s.start(ctx, func(ctx context.Context) (func(), error) {
		var err error
		if in.verb == verbApprove {
			_, err = s.c.Approve(ctx, p.ID, in.text)
		} else {
			_, err = s.c.Reject(ctx, p.ID, in.text)
		}
		return nil, err
	})
}

func (s *session) answer(ctx context.Context, word string, kinds ...string) {
	q, o, err := s.room.answer(word, kinds...)
	if err != nil {
		s.fail(err)
		return
	}
	s.start(ctx, func(ctx context.Context) (func(), error) {
		return nil, s.c.AnswerPermission(ctx, q.id, o.ID)
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
	return func() { s.past(events) }, nil
}

// past shows events that were, without counting them again.
func (s *session) past(events []*protocol.Event) {
	s.screen.line(dim, "--- the last %d events", len(events))
	for _, e := range events {
		s.screen.event(&s.room, e)
	}
	s.screen.line(dim, "---")
}

// hear shows a notice and takes it in.
func (s *session) hear(n client.Notice) {
	switch n := n.(type) {
	case client.Welcome:
		s.room.enter(&n.Welcome)
		if events, err := client.DecodeEvents(n.Recent); err == nil && len(events) > 0 {
			s.past(events)
		}
		s.screen.welcome(&s.room, &n.Welcome)
	case client.Event:
		s.room.expect(n.Payload)
		if !s.echo(n.Payload) {
			s.screen.event(&s.room, n.Event)
		}
		s.room.fold(n.Payload)
	case client.Presence:
		s.room.present = n.Participants
	case client.Connection:
		s.connection(n.Status)
	case client.ServerError:
		s.screen.line(bad, "* the server says: %s", oneLine(n.Message, 300))
	}
}

// echo reports whether it is what one has just typed and still sees.
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
		s.screen.line(accent, "* disconnected: %s", oneLine(st.Err.Error(), 200))
	}
}
