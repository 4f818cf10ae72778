package hub

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// Welcome is the answer to a join or resume.
type Welcome struct {
	protocol.Welcome // without the participants; without the recent events and Resume until it is read

	people []byte // the participants, encoded
	rest   int    // about how many bytes what waits and who is present have
	recent int
	at     journal.Head
}

func (w *Welcome) forHost() bool { return w.Participant.Role == protocol.RoleHost }

// Encode returns the welcome as the line that answers a request.
func (w *Welcome) Encode(requestID string) ([]byte, error) { return w.append(nil, requestID) }

func (w *Welcome) append(b []byte, requestID string) ([]byte, error) {
	return protocol.AppendWelcome(b, requestID, &w.Welcome, w.people)
}

// read adds the recent events.
func (w *Welcome) read(ctx context.Context, r history.Reader, resume string) error {
	w.Resume = resume
	if w.recent == 0 {
		return nil
	}
	from := max(w.at.Seq, journal.Seq(w.recent)) - journal.Seq(w.recent) + 1
	most := w.recentBytes()
	events, err := r.Newest(ctx, from, w.at.Seq+1, most)
	if len(events) == 1 && len(events[0].Bytes) > most {
		events = nil // history has it
	}
	w.Recent = history.RawMessages(events)
	return err
}

// recentBytes is how many bytes the recent events may have: what the rest of the
// welcome leaves.
func (w *Welcome) recentBytes() int {
	return max(welcomeBytes-welcomeRest-w.rest-len(w.people), minRecent)
}

const (
	// welcomeBytes is what a welcome has at the most, about, in a session of any
	// kind: people have to get in over slow connections, too.
	welcomeBytes = 1 << 20
	// welcomeRest is what the members of a welcome have at most that do not grow
	// with people, items and events: the agent's facts above all.
	welcomeRest = 320 << 10
	// minRecent is left for recent events whoever is here.
	minRecent = 64 << 10
	// presentBytes is what an id has in the list of those who are present.
	presentBytes = 36 + len(`"",`)
)

// welcomes are read, and then written again: they can be long.
var welcomes = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptWelcome keeps the memory of a very long one from staying in use.
const maxKeptWelcome = 1 << 20

// welcome makes the line that a connection begins with, and lends it.
func (s *Subscription) welcome(ctx context.Context, requestID string, w *Welcome) (Line, error) {
	err := w.read(ctx, s.past(), s.resume)
	if err != nil {
		return Line{}, err
	}
	s.lent = welcomes.Get().(*[]byte)
	*s.lent, err = w.append((*s.lent)[:0], requestID)
	return Line{Bytes: *s.lent}, err
}

// takeBack takes back what was lent.
func (s *Subscription) takeBack() {
	if s.lent != nil && cap(*s.lent) <= maxKeptWelcome {
		welcomes.Put(s.lent)
	}
	s.lent = nil
}

// welcome is the snapshot for one participant.
func (s *sharedState) welcome(a welcomeFor, at journal.Head) *Welcome {
	p, _ := s.People.get(a.participant)
	if a.departed != nil {
		p = *a.departed
	}
	if a.token {
		p = s.withToken(p)
	}
	w := &Welcome{recent: a.recent, at: at}
	w.Welcome = protocol.Welcome{
		Session:     s.sessionFor(p, a.readOnly),
		Participant: p,
		Left:        s.Left,
		Agent:       protocol.Agent{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, AgentFacts: s.Facts},
		Cursor:      protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:      protocol.ResumeNew,
		ReadOnly:    a.readOnly,
		HeartbeatMS: protocol.Heartbeat.Milliseconds(),
		Limits:      protocol.DefaultLimits,
	}
	if !s.active() {
		w.Agent.SilentSince = nil // no event of an ended session would end the silence
	}
	w.Approvals, w.Permissions = s.shownItems()
	w.rest = s.People.here*presentBytes + itemsBytes(w.Approvals, w.Permissions)
	w.people, w.PeopleAfter = s.showPeople(p.ID, welcomeBytes-welcomeRest-minRecent-w.rest)
	return w
}

// showPeople encodes the participants of a welcome in about that many bytes at the
// most: those of the state, as many as there is room for, and in any case the authors
// of prompts that are not done and the one who is welcomed, who is meant by the id.
// after is the last of the former if there are others.
func (s *sharedState) showPeople(id string, most int) (shown []byte, after string) {
	needed := s.authors()
	if own, known := s.People.get(id); known && !slices.ContainsFunc(needed, func(p protocol.Participant) bool { return p.ID == id }) {
		needed = append(needed, own)
	}
	encoded := make([]json.RawMessage, len(needed))
	for i, p := range needed {
		encoded[i] = rawJSON(p)
		most -= len(encoded[i])
	}
	shown, n := s.People.show(most)
	for i, p := range needed {
		if place, known := s.People.places[p.ID]; !known || place >= n {
			shown = append(append(shown, ','), encoded[i]...)
		}
	}
	if n < len(s.People.all) {
		after = s.People.all[n-1].ID
	}
	return shown, after
}

// sessionFor is the session as a participant is welcomed to it. The host, who
// could make a new invite, is told the present one instead.
func (s *sharedState) sessionFor(p protocol.Participant, readOnly bool) protocol.Session {
	session := s.Session
	if p.Role == protocol.RoleHost && s.active() && !readOnly {
		invite := s.settings.Key.token(inviteToken, s.ID.String(), s.Invite)
		session.InviteToken = &invite
	}
	return session
}
