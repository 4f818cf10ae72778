package join

import (
	"context"
	"errors"
	"time"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/protocol"
	"parley/protocol/client"
)

// receive shows a notice and applies it to the room.
func (s *session) receive(ctx context.Context, n client.Notice) {
	switch n := n.(type) {
	case client.Welcome:
		s.receiveWelcome(&n)
		s.fetchItems(ctx, s.room.ledger.OpenDecisions())
		s.fetchParticipants(ctx)
	case client.Event:
		s.room.addItems(n.Payload, s.screen.story)
		begun := time.Now()
		if s.isEcho(n.Payload) {
			s.screen.story.Timeline.Apply(n.Event)
		} else {
			s.screen.event(s.room, n.Event)
		}
		s.room.apply(n.Payload, s.shownAt(begun))
	case client.Presence:
		s.room.present = n.Participants
	case client.Connection:
		s.connection(n.Status)
	case client.ServerError:
		s.screen.line(bad, "* the server reports: %s", display.OneLine(n.Message))
	}
	s.completer.SetCommands(s.room.agent.AvailableCommands)
	s.warnHostLeft(n)
}

// receiveWelcome shows the last few events and then the state of the session. Earlier
// events only tell what the tool calls do that open questions are about.
func (s *session) receiveWelcome(w *client.Welcome) {
	events, err := client.DecodeEvents(w.Recent)
	if err != nil {
		events = nil
	}
	shown := events[max(0, len(events)-maxShownEvents):]
	all := story.Of(events)
	s.screen.story = story.Of(events[:len(events)-len(shown)])
	begun := time.Now()
	s.room.reset(&w.Welcome, all, begun)
	for _, e := range events {
		s.room.completeItem(e.Payload, all)
	}
	if len(shown) > 0 {
		s.printPast(shown, all)
	}
	s.screen.welcome(s.room, &w.Welcome)
	if s.room.readOnly != "" {
		s.screen.line(alert, "* %s; you can read: /history N shows the last N events, /quit ends", s.room.readOnly)
	}
	s.room.markShown(s.shownAt(begun))
}

// replay prints events that may have been shown before. They change nothing of what is
// known and has been shown.
func (s *session) replay(events []*protocol.Event) {
	now := s.screen.story
	s.screen.story = story.New()
	s.screen.earlier = now
	s.printPast(events, now)
	s.screen.story, s.screen.earlier = now, nil
}

// printPast prints earlier events, without applying them to the room. all is what is known
// of the tool calls.
func (s *session) printPast(events []*protocol.Event, all *story.Story) {
	s.screen.line(dim, "--- the last %d events", len(events))
	for _, e := range events {
		s.room.completeItem(e.Payload, all)
		s.screen.event(s.room, e)
	}
	s.screen.line(dim, "---")
}

// show prints an open item, which can be decided on from then on.
func (s *session) show(i *ledger.Item) {
	begun := time.Now()
	s.screen.item(s.room, i)
	s.room.markShown(s.shownAt(begun))
}

// shownAt returns the time at which output counts as shown that has been printed from
// begun until now. A program can react to the first line; a person must have seen all.
func (s *session) shownAt(begun time.Time) time.Time {
	if s.options.Terminal {
		return time.Now()
	}
	return begun
}

// isEcho reports whether an event is a message that the person typed here and still sees.
func (s *session) isEcho(p protocol.Payload) bool {
	m, ok := p.(*protocol.MessageCreated)
	return ok && s.options.Terminal && m.Participant.ID == s.room.self.ID
}

// connection prints, once each, that the connection is lost and that it is back.
func (s *session) connection(st client.Status) {
	switch {
	case st.State == client.Waiting && !s.lost:
		s.lost = true
		s.screen.line(bad, "* the connection is lost; reconnecting")
	case st.State == client.Online && s.lost:
		s.lost = false
		s.screen.line(accent, "* connected again")
	case st.State == client.Ended && !errors.Is(st.Err, client.ErrClosed):
		s.screen.line(accent, "* disconnected: %s", display.OneLine(st.Err.Error()))
	}
}
