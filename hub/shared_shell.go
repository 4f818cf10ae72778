package hub

import (
	"time"

	"parley/hub/feed"
	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// sharedShell connects a shared session to its room. It implements [feed.Session].
type sharedShell struct {
	actor *actor
	room  *feed.Room
}

func newSharedShell(a *actor) *sharedShell {
	s := &sharedShell{actor: a}
	s.room = a.hub.feed.NewRoom(s)
	return s
}

// state returns the newest state.
func (s *sharedShell) state() *sharedState { return s.actor.state.(*sharedState) }

// Active implements [feed.Session].
func (s *sharedShell) Active() bool { return s.state().active() }

// Participants implements [feed.Session].
func (s *sharedShell) Participants() []protocol.Participant { return s.state().People.All() }

// IsPresent implements [feed.Session].
func (s *sharedShell) IsPresent(id string) bool {
	p, known := s.state().People.get(id)
	return known && p.LeftAt == nil
}

func (s *sharedShell) show(r *journal.Record) { s.room.Committed(r) }

// hear turns an attach into a command whose reply lets the connection in.
func (s *sharedShell) hear(in envelope) (envelope, bool) {
	if m, ok := in.body.(attach); ok {
		in.body, in.reply = m.command, s.admit(m, in.reply)
	}
	return in, true
}

// nudged removes the connections that were closed.
func (s *sharedShell) nudged() {
	for _, sub := range s.actor.takeLeaving() {
		s.room.Leave(sub)
	}
}

func (s *sharedShell) perform(e effect) {
	switch e := e.(type) {
	case cut:
		why := feed.Closed{Code: e.code, Reason: e.reason}
		if e.participant == "" {
			s.room.CutAll(why)
		} else {
			s.room.Cut(e.participant, why)
		}
	case cutUser:
		s.room.CutUser(e.participant, e.user, feed.Closed{Code: e.code, Reason: e.reason})
	case typingNow:
		s.room.SetTyping(e.participant, e.active)
	case polled:
		s.room.Polled(e.participant)
	}
}

func (s *sharedShell) complete(answer any, at journal.Head) any {
	state := s.state()
	switch a := answer.(type) {
	case welcomeFor:
		return s.welcome(state.welcome(a, at), a.recent, at)
	case presenceList:
		return s.room.Presence()
	case pong:
		return nil
	case historyRange:
		return history.Page{Which: a.History, Head: at}
	case peopleRange:
		return peoplePage(state, a.People)
	case archivePage:
		return history.ArchivePage{Session: state.Session, Which: a.History, Head: at}
	case endedPrompt:
		return endedPromptAnswer{a}
	case readKind:
		return requested(state, a, at)
	}
	return answer
}

// welcome completes the snapshot of the state with those who are present.
func (s *sharedShell) welcome(w *welcome, recent int, at journal.Head) *feed.Welcome {
	full := &feed.Welcome{
		Welcome:             w.Welcome,
		EncodedParticipants: w.people,
		MaxRecent:           recent,
		MaxRecentBytes:      w.recentBytes,
		Head:                at,
	}
	s.room.ShowPresence(full)
	return full
}

func (s *sharedShell) busy() bool { return s.room.Connected() || s.state().owes() }

func (s *sharedShell) due() time.Time { return s.room.Due() }

func (s *sharedShell) wake(now time.Time) { s.room.Wake(now) }

func (s *sharedShell) stop() { s.room.Stop(s.actor.hub.farewell(s.actor.id)) }
