package hub

import (
	"slices"
	"time"

	"parley/protocol"
)

// sharedShell is a shared session's face to its connections: who is
// subscribed, who is present, who types.
type sharedShell struct {
	actor  *actor
	state  func() *sharedState
	fanout *fanout
	subs   map[*Subscription]struct{}
	typing map[string]time.Time // until when, by participant

	presenceAt time.Time // when the list is to be sent; zero when it is up to date
}

const (
	// presenceDelay joins the comings and goings of a moment into one list. It is
	// longer where there are many, since the list is as long as those who get it
	// are many.
	presenceDelay       = 100 * time.Millisecond
	presenceDelayOfEach = 2 * time.Millisecond
	// typingLapse is how long somebody types who says no more.
	typingLapse = 5 * time.Second
)

func newSharedShell(a *actor) *sharedShell {
	return &sharedShell{
		actor:  a,
		state:  func() *sharedState { return a.state.(*sharedState) },
		fanout: newFanout(),
		subs:   map[*Subscription]struct{}{},
		typing: map[string]time.Time{},
	}
}

func (s *sharedShell) show(r *Record) {
	if len(s.subs) > 0 {
		s.fanout.add(shown{r}, len(r.Public)+itemCost)
	}
}

// hear answers who comes by letting the connection in.
func (s *sharedShell) hear(in input) (input, bool) {
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
		for sub := range s.subs {
			if e.participant == "" || e.participant == sub.participant {
				s.fanout.add(ended{sub, e.code, e.reason}, itemCost)
			}
		}
	case typingNow:
		s.typed(e.participant, e.active)
	}
}

func (s *sharedShell) complete(answer any, at Head) any {
	state := s.state()
	switch a := answer.(type) {
	case welcomeFor:
		w := state.welcome(a, at)
		w.Presence = s.presence()
		return welcomeDraft{w, a.recent, at}
	case historyRange:
		return history(a.History, at)
	case readKind:
		return state.reading(a, at)
	}
	return answer
}

func (s *sharedShell) busy() bool { return len(s.subs) > 0 || len(s.state().inFlight()) > 0 }

func (s *sharedShell) due() time.Time {
	due := s.presenceAt
	for _, t := range s.typing {
		if due.IsZero() || t.Before(due) {
			due = t
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
	if !s.presenceAt.IsZero() && !s.presenceAt.After(now) {
		s.presenceAt = time.Time{}
		s.hint(&protocol.PresenceMessage{Payload: protocol.Presence{Participants: s.presence()}})
	}
}

func (s *sharedShell) stop() {
	bye := s.actor.hub.farewell(s.actor.id)
	for sub := range s.subs {
		s.fanout.add(ended{sub, bye.Code, bye.Reason}, itemCost)
	}
	s.fanout.stop()
}

// subscribe lets a connection in at the newest event that was shown, which is
// the one that its welcome stands on.
func (s *sharedShell) subscribe(sub *Subscription, w welcomeDraft) error {
	o := s.actor.hub.options
	own := 0
	for other := range s.subs {
		if other.participant == w.Participant.ID {
			own++
		}
	}
	if len(s.subs) >= o.MaxConnections || own >= o.MaxOwnConnections {
		return protocol.Errorf(protocol.CodeTooManyParticipants, "there are %d connections, %d of them yours; close one", len(s.subs), own)
	}
	if !sub.letIn(s.actor, s.fanout, w.Participant.ID, w.at) {
		return errGone
	}
	s.subs[sub] = struct{}{}
	s.fanout.add(entered{sub}, itemCost)
	s.presenceChanged()
	return nil
}

// errGone answers a connection that was closed before it was let in.
var errGone = protocol.Errorf(protocol.CodeInvalidRequest, "the connection is gone")

func (s *sharedShell) unsubscribe(sub *Subscription) {
	if _, known := s.subs[sub]; !known {
		return
	}
	delete(s.subs, sub)
	s.fanout.add(left{sub}, itemCost)
	s.presenceChanged()
	s.typed(sub.participant, false)
}

func (s *sharedShell) presenceChanged() {
	if s.presenceAt.IsZero() {
		s.presenceAt = time.Now().Add(presenceDelay + time.Duration(len(s.subs))*presenceDelayOfEach)
	}
}

// presence lists who has a connection, in join order.
func (s *sharedShell) presence() []string {
	connected := map[string]bool{}
	for sub := range s.subs {
		connected[sub.participant] = true
	}
	present := []string{}
	for _, p := range s.state().People {
		if connected[p.ID] && p.LeftAt == nil {
			present = append(present, p.ID)
		}
	}
	return present
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
		s.hint(&protocol.TypingMessage{Payload: protocol.TypingNotice{ParticipantID: participant, Active: active}})
	}
}

// hint offers everybody what may be dropped.
func (s *sharedShell) hint(m protocol.ServerMessage) {
	b, err := protocol.Encode(m)
	if err != nil || len(s.subs) == 0 {
		return
	}
	s.fanout.add(hinted{Line{Bytes: b, hint: true}}, len(b)+itemCost)
}

// welcomeDraft is a welcome without what has to be read.
type welcomeDraft struct {
	protocol.Welcome
	recent int
	at     Head
}

// read adds the recent events.
func (w welcomeDraft) read(r reader, resume string) (*protocol.Welcome, error) {
	full := w.Welcome
	full.Resume = resume
	if w.recent == 0 {
		return &full, nil
	}
	from := max(w.at.Seq, Seq(w.recent)) - Seq(w.recent) + 1
	lines, err := r.tail(from, w.at.Seq+1, answerBytes)
	full.Recent = rawEvents(lines)
	return &full, err
}

// welcome is the snapshot for one participant.
func (s *sharedState) welcome(a welcomeFor, at Head) protocol.Welcome {
	p, _ := s.person(a.participant)
	if a.token {
		p = s.withToken(p)
	}
	w := protocol.Welcome{
		Session:      s.Session,
		Participant:  p,
		Participants: slices.Clone(s.People),
		Approvals:    []protocol.Approval{},
		Permissions:  []protocol.Permission{},
		Agent:        s.Agent,
		Cursor:       protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:       protocol.ResumeNew,
		HeartbeatMS:  protocol.Heartbeat.Milliseconds(),
		Limits:       protocol.DefaultLimits,
	}
	for _, o := range s.Open {
		w.Approvals = append(w.Approvals, o.Approval)
	}
	for _, q := range s.Permissions {
		w.Permissions = append(w.Permissions, q.Permission)
	}
	return w
}
