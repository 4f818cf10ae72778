package shared

import (
	"encoding/json"
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Welcome is the snapshot of a session for one participant.
type Welcome struct {
	protocol.Welcome // without the participants, those who are present and the recent events

	People      []byte // the participants, encoded
	RecentBytes int    // how many bytes the recent events may have
}

const (
	// maxWelcomeBytes is what a welcome has at the most, about, in a session of any
	// kind: people have to get in over slow connections, too.
	maxWelcomeBytes = 1 << 20
	// welcomeOverhead is what the members of a welcome have at most that do not grow
	// with people, items and events: the agent's facts above all.
	welcomeOverhead = 320 << 10
	// minRecentBytes is left for recent events whoever is here.
	minRecentBytes = 64 << 10
	// presenceBytes is what an id has in the list of those who are present.
	presenceBytes = 36 + len(`"",`)
)

// Welcome is the snapshot for one participant.
func (s *State) Welcome(a WelcomeFor, at journal.Head) *Welcome {
	p, _ := s.People.Get(a.Participant)
	if a.departed != nil {
		p = *a.departed
	}
	if a.Token {
		p = s.withToken(p)
	}
	w := &Welcome{}
	w.Welcome = protocol.Welcome{
		Session:     s.sessionFor(p, a.readOnly),
		Participant: p,
		Left:        s.LeftCount,
		Agent:       protocol.Agent{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, AgentFacts: s.Facts},
		Cursor:      protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:      protocol.ResumeNew,
		ReadOnly:    a.readOnly,
		HeartbeatMS: protocol.Heartbeat.Milliseconds(),
		Limits:      protocol.DefaultLimits,
	}
	if !s.Active() {
		w.Agent.SilentSince = nil // no event of an ended session would end the silence
	}
	w.Approvals, w.Permissions = s.welcomeItems()
	room := maxWelcomeBytes - welcomeOverhead - s.People.present*presenceBytes - itemsBytes(w.Approvals, w.Permissions)
	w.People, w.PeopleAfter = s.encodeParticipants(p.ID, room-minRecentBytes)
	w.RecentBytes = max(room-len(w.People), minRecentBytes)
	return w
}

// encodeParticipants encodes the participants of a welcome in about that many bytes at the
// most: those of the state, as many as there is room for, and in any case the authors
// of prompts that are not done and the one who is welcomed, who is meant by the id.
// after is the last of the former if there are others.
func (s *State) encodeParticipants(id string, limit int) (list []byte, after string) {
	needed := s.guestAuthors()
	if own, known := s.People.Get(id); known && !slices.ContainsFunc(needed, func(p protocol.Participant) bool { return p.ID == id }) {
		needed = append(needed, own)
	}
	encoded := make([]json.RawMessage, len(needed))
	for i, p := range needed {
		encoded[i] = rules.RawJSON(p)
		limit -= len(encoded[i])
	}
	list, n := s.People.encodeFirst(limit)
	for i, p := range needed {
		if place, known := s.People.indices[p.ID]; !known || place >= n {
			list = append(append(list, ','), encoded[i]...)
		}
	}
	if n < len(s.People.all) {
		after = s.People.all[n-1].ID
	}
	return list, after
}

// sessionFor is the session as a participant is welcomed to it. The host, who
// could make a new invite, is told the present one instead.
func (s *State) sessionFor(p protocol.Participant, readOnly bool) protocol.Session {
	session := s.Session
	if p.Role == protocol.RoleHost && s.Active() && !readOnly {
		invite := s.settings.Key.Token(rules.InviteToken, s.ID.String(), s.InviteGeneration)
		session.InviteToken = &invite
	}
	return session
}
