package hub

import (
	"time"

	"parley/hub/export"
	"parley/hub/feed"
	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// sharedShell connects a shared session to its room. It implements [shell], and
// [feed.Session] for the room.
type sharedShell struct {
	actor *actor     // immutable
	room  *feed.Room // owned by the actor
}

func newSharedShell(a *actor) *sharedShell {
	s := &sharedShell{actor: a}
	s.room = a.hub.feed.NewRoom(s)
	return s
}

// state returns the newest state.
func (s *sharedShell) state() *shared.State { return s.actor.state.(*shared.State) }

// Active implements [feed.Session].
func (s *sharedShell) Active() bool { return s.state().Active() }

// Participants implements [feed.Session].
func (s *sharedShell) Participants() []protocol.Participant { return s.state().People.All() }

// IsPresent implements [feed.Session].
func (s *sharedShell) IsPresent(id string) bool {
	p, known := s.state().People.Get(id)
	return known && p.LeftAt == nil
}

func (s *sharedShell) show(r *journal.Record) { s.room.Committed(r) }

// translate replaces an attach by a command whose reply lets the connection in.
func (s *sharedShell) translate(in envelope) (envelope, bool) {
	if m, ok := in.Body.(attach); ok {
		in.Body, in.reply = m.command, s.admit(m, in.reply)
	}
	return in, true
}

// removeClosed removes from the room the connections that were closed.
func (s *sharedShell) removeClosed() {
	for _, sub := range s.actor.takeLeaving() {
		s.room.Leave(sub)
	}
}

func (s *sharedShell) perform(e rules.Effect) {
	switch e := e.(type) {
	case shared.Disconnect:
		why := feed.Closed{Code: e.Code, Reason: e.Reason}
		if e.Participant == "" {
			s.room.CutAll(why)
		} else {
			s.room.Cut(e.Participant, why)
		}
	case shared.DisconnectPerson:
		s.room.CutPerson(e.Participant, e.Person, feed.Closed{Code: e.Code, Reason: e.Reason})
	case shared.TypingChanged:
		s.room.SetTyping(e.Participant, e.Active)
	case shared.Polled:
		s.room.Polled(e.Participant)
	case shared.RecordBegin:
		s.actor.hub.worktrees(e.Connector).Begin(s.actor.id, e.Dir)
	case shared.RecordTurn:
		s.actor.hub.worktrees(e.Connector).TurnEnded(s.actor.id, e.Dir, e.Approval, time.Now())
	case shared.RecordEnd:
		s.actor.hub.worktrees(e.Connector).End(s.actor.id)
	}
}

func (s *sharedShell) complete(answer any, at journal.Head) any {
	state := s.state()
	switch a := answer.(type) {
	case shared.WelcomeFor:
		return s.welcome(state.Welcome(a, at), a.Recent, at)
	case shared.PresenceList:
		return s.room.Presence()
	case shared.Pong:
		return nil
	case shared.AccessGranted:
		return accessGranted{a.For, at}
	case shared.HistoryRange:
		return history.Page{Which: a.History, Head: at, Separate: a.Separate, For: a.For}
	case shared.PeopleRange:
		return lookup.People(state, a.People)
	case shared.ArchivePage:
		if a.Export {
			return export.Page{After: a.After, Head: at, For: a.For, Key: s.actor.hub.options.Checkpoints, At: time.Now()}
		}
		return history.ArchivePage{Session: state.Session, Which: a.History, Head: at, For: a.For}
	case shared.EndedPrompt:
		return lookup.EndedPromptAnswer{EndedPrompt: a}
	case shared.ReadFor:
		return lookup.Answer(state, a, at)
	}
	return answer
}

// welcome completes the welcome of the state with the participants who are present, and
// with what is needed to load the recent events.
func (s *sharedShell) welcome(w *shared.Welcome, recent int, at journal.Head) *feed.Welcome {
	full := &feed.Welcome{
		Welcome:             w.Welcome,
		EncodedParticipants: w.People,
		MaxRecent:           recent,
		MaxRecentBytes:      w.RecentBytes,
		Head:                at,
		Reader:              w.Reader,
	}
	s.room.ShowPresence(full)
	return full
}

func (s *sharedShell) busy() bool { return s.room.Connected() || s.state().Owes() }

func (s *sharedShell) due() time.Time { return s.room.Due() }

func (s *sharedShell) wake(now time.Time) { s.room.Wake(now) }

func (s *sharedShell) stop() { s.room.Stop(s.actor.hub.closeReason(s.actor.id)) }
