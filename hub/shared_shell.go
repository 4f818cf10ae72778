package hub

import (
	"slices"
	"time"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// sharedShell is a shared session's face to its connections: who is
// subscribed, who is present, who types.
type sharedShell struct {
	actor   *actor
	state   func() *sharedState
	fanout  *fanout
	tail    history.Tail
	subs    map[string][]*Subscription // by participant; nobody has an empty list
	count   int                        // of subs
	readers int                        // of those, which only read
	typing  map[string]time.Time       // until when, by participant
	polling map[string]time.Time       // until when they are present without a connection, by participant

	present    presence
	presenceAt time.Time // when its changes are to be told; zero when there are none
}

const (
	// presenceDelay joins the comings and goings of a moment into one message. It is
	// longer where there are many, since each of them is sent one.
	presenceDelay       = 100 * time.Millisecond
	presenceDelayOfEach = 2 * time.Millisecond
	// typingLapse is how long somebody types who says no more.
	typingLapse = 5 * time.Second
	// pollLapse is how long somebody is present after a poll. Browsers let the
	// timers of a hidden page run once a minute.
	pollLapse = 75 * time.Second
)

func newSharedShell(a *actor) *sharedShell {
	return &sharedShell{
		actor:   a,
		state:   func() *sharedState { return a.state.(*sharedState) },
		fanout:  newFanout(),
		subs:    map[string][]*Subscription{},
		typing:  map[string]time.Time{},
		polling: map[string]time.Time{},
		present: newPresence(),
	}
}

func (s *sharedShell) show(r *journal.Record) {
	s.tail.Add(r)
	if s.count > 0 {
		s.fanout.add(shown{r}, len(r.Public)+itemCost)
	}
}

// hear answers who comes by letting the connection in.
func (s *sharedShell) hear(in envelope) (envelope, bool) {
	if m, ok := in.body.(attach); ok {
		in.body, in.reply = m.command, s.admit(m, in.reply)
	}
	return in, true
}

// nudged forgets the connections that have gone.
func (s *sharedShell) nudged() {
	for _, sub := range s.actor.takeLeaving() {
		s.unsubscribe(sub)
	}
}

func (s *sharedShell) perform(e effect) {
	switch e := e.(type) {
	case cut:
		s.cut(e)
	case cutUser:
		s.cutUser(e)
	case typingNow:
		s.typed(e.participant, e.active)
	case polled:
		s.polled(e.participant)
	}
}

func (s *sharedShell) cut(c cut) {
	if c.participant != "" {
		if _, polls := s.polling[c.participant]; polls {
			s.polledLast(c.participant)
		}
		s.end(s.subs[c.participant], c)
		return
	}
	for _, subs := range s.subs {
		s.end(subs, c)
	}
}

func (s *sharedShell) cutUser(c cutUser) {
	if _, polls := s.polling[c.participant]; polls {
		s.polledLast(c.participant)
	}
	for _, subs := range s.subs {
		if who := subs[0].who; who.UserID == c.user && who.Role != protocol.RoleHost {
			s.end(subs, cut{who.ID, c.code, c.reason})
		}
	}
}

func (s *sharedShell) end(subs []*Subscription, c cut) {
	for _, sub := range subs {
		s.fanout.add(ended{sub, c.code, c.reason}, itemCost)
	}
}

func (s *sharedShell) complete(answer any, at journal.Head) any {
	state := s.state()
	switch a := answer.(type) {
	case welcomeFor:
		w := state.welcome(a, at)
		s.showPresence(w)
		return w
	case presenceList:
		return s.present.list(state.People.all)
	case historyRange:
		return history.Page{Which: a.History, Head: at}
	case peopleRange:
		return peoplePage(state, a.People)
	case archivePage:
		return history.ArchivePage{Session: state.Session, Which: a.History, Head: at}
	case endedPrompt:
		return endedPromptAnswer{a}
	case readKind:
		return lookUp(state, a, at)
	}
	return answer
}

// lookUp returns what a read of the original API asks for.
func lookUp(s *sharedState, what readKind, at journal.Head) any {
	switch what {
	case readParticipants:
		return participantsOf(s, at)
	case readMessages:
		return messages{at.Seq}
	}
	return stateOf(s, at)
}

func (s *sharedShell) busy() bool { return s.count > 0 || s.state().owes() }

func (s *sharedShell) due() time.Time {
	due := s.presenceAt
	for _, lapses := range []map[string]time.Time{s.typing, s.polling} {
		for _, t := range lapses {
			if due.IsZero() || t.Before(due) {
				due = t
			}
		}
	}
	return due
}

func (s *sharedShell) wake(now time.Time) {
	for p, until := range s.typing {
		if !until.After(now) {
			s.typed(p, false)
		}
	}
	for p, until := range s.polling {
		if !until.After(now) {
			s.polledLast(p)
		}
	}
	if !s.presenceAt.IsZero() && !s.presenceAt.After(now) {
		s.tellPresence()
	}
}

func (s *sharedShell) stop() {
	bye := s.actor.hub.farewell(s.actor.id)
	s.cut(cut{code: bye.Code, reason: bye.Reason})
	s.fanout.stop()
}

// subscribe lets a connection in at the newest event that was shown, which is
// the one that its welcome stands on.
func (s *sharedShell) subscribe(sub *Subscription, w *Welcome) error {
	own := s.subs[w.Participant.ID]
	if !s.hasRoom(w, len(own)) {
		return protocol.Errorf(protocol.CodeTooManyParticipants, "there are %d connections, %d of them yours; close one", s.count, len(own))
	}
	if !sub.letIn(s.actor, s.fanout, w, s.tail.Records()) {
		return errGone
	}
	s.subs[w.Participant.ID] = append(own, sub)
	s.count++
	if sub.readOnly {
		s.readers++
	}
	s.fanout.add(entered{sub}, itemCost)
	s.appears(w.Participant.ID)
	return nil
}

// hasRoom reports whether one more connection of a participant is within the
// limits. Read-only connections take at most half of the limit, because many more
// people can read than take part. The host may exceed the limit, so that others
// cannot keep the host out.
func (s *sharedShell) hasRoom(w *Welcome, own int) bool {
	o := s.actor.hub.options
	if own >= o.MaxOwnConnections {
		return false
	}
	switch {
	case w.ReadOnly && s.state().active():
		return s.count < o.MaxConnections && s.readers < o.MaxConnections/2
	case w.Participant.Role == protocol.RoleHost:
		return s.count < o.MaxConnections+o.MaxOwnConnections
	}
	return s.count < o.MaxConnections
}

// errGone answers a connection that was closed before it was let in.
var errGone = protocol.Errorf(protocol.CodeInvalidRequest, "the connection is gone")

func (s *sharedShell) unsubscribe(sub *Subscription) {
	own := s.subs[sub.who.ID]
	i := slices.Index(own, sub)
	if i < 0 {
		return
	}
	s.count--
	if sub.readOnly {
		s.readers--
	}
	s.fanout.add(left{sub}, itemCost)
	if own = slices.Delete(own, i, i+1); len(own) > 0 {
		s.subs[sub.who.ID] = own
	} else {
		delete(s.subs, sub.who.ID)
		s.vanishes(sub.who.ID)
	}
	s.typed(sub.who.ID, false)
}

// polled notes that somebody has asked for events without a connection.
func (s *sharedShell) polled(participant string) {
	s.polling[participant] = time.Now().Add(pollLapse)
	s.appears(participant)
}

// polledLast notes that somebody has not asked for events for a while.
func (s *sharedShell) polledLast(participant string) {
	delete(s.polling, participant)
	s.vanishes(participant)
}

// appears notes that a participant has a connection, or polls. One who has left only
// reads.
func (s *sharedShell) appears(participant string) {
	if p, known := s.state().People.get(participant); known && p.LeftAt == nil && s.present.put(participant, true) {
		s.presenceChanged(participant)
	}
}

// vanishes notes that a participant may have no connection any more, and may not poll.
func (s *sharedShell) vanishes(participant string) {
	_, polls := s.polling[participant]
	if !polls && s.subs[participant] == nil && s.present.put(participant, false) {
		s.presenceChanged(participant)
	}
}

// presenceChanged tells the others after a while. The participant knows it from the
// welcome.
func (s *sharedShell) presenceChanged(participant string) {
	switch {
	case s.count == len(s.subs[participant]):
		s.present.skip()
		s.presenceAt = time.Time{}
	case len(s.present.touched) >= presenceMost:
		s.tellPresence()
	case s.presenceAt.IsZero():
		s.presenceAt = time.Now().Add(presenceDelay + time.Duration(s.count)*presenceDelayOfEach)
	}
}

func (s *sharedShell) tellPresence() {
	s.presenceAt = time.Time{}
	b, err := protocol.Encode(&protocol.PresenceMessage{Payload: s.present.changes()})
	if err == nil {
		s.hint(Line{Bytes: b, hint: true, presence: true})
	}
}

// showPresence adds to a welcome who is present.
func (s *sharedShell) showPresence(w *Welcome) {
	list := s.present.list(s.state().People.all)
	w.Presence, w.PresenceEpoch, w.PresenceAt = list.Participants, list.Epoch, list.At
}

// typed passes on that somebody types, or no longer does.
func (s *sharedShell) typed(participant string, active bool) {
	_, was := s.typing[participant]
	if active {
		s.typing[participant] = time.Now().Add(typingLapse)
	} else {
		delete(s.typing, participant)
	}
	if active != was {
		b, err := protocol.Encode(&protocol.TypingMessage{Payload: protocol.TypingNotice{ParticipantID: participant, Active: active}})
		if err == nil {
			s.hint(Line{Bytes: b, hint: true})
		}
	}
}

// hint offers everybody what may be dropped.
func (s *sharedShell) hint(l Line) {
	if s.count > 0 {
		s.fanout.add(hinted{l}, len(l.Bytes)+itemCost)
	}
}
