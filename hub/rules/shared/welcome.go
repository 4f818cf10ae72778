package shared

import (
	"encoding/json"
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared/brief"
	"parley/protocol"
)

// Welcome is the snapshot of a session for one participant, which the runtime completes.
type Welcome struct {
	protocol.Welcome // without Participants, Present and Recent

	People      []byte // the participants: JSON, separated by commas
	RecentBytes int    // the bytes left for recent events
	Reader      rules.Projection
}

const (
	// maxWelcomeBytes is about the largest size of a welcome, so that clients with slow
	// connections can join every session.
	maxWelcomeBytes = 1 << 20
	// welcomeOverhead bounds the members of a welcome whose size does not depend on
	// participants, items and events. The agent's facts are the largest of them.
	welcomeOverhead = 320 << 10
	// minRecentBytes is left for recent events, however many participants there are.
	minRecentBytes = 64 << 10
	// presenceBytes is the size of an id in the list of present participants.
	presenceBytes = 36 + len(`"",`)
)

// Welcome returns the snapshot for one participant. at is the newest event that the state
// contains.
func (s *State) Welcome(a WelcomeFor, at journal.Head) *Welcome {
	p, _ := s.People.Get(a.Participant)
	if a.departed != nil {
		p = *a.departed
	}
	if a.Token {
		p = s.withToken(p)
	}
	reader := s.ProjectionOf(p)
	w := &Welcome{Reader: reader}
	w.Welcome = protocol.Welcome{
		Session:     s.sessionFor(p, a.readOnly),
		Participant: p,
		Left:        s.LeftCount,
		Agent:       protocol.Agent{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, Asleep: s.Asleep, AgentFacts: s.Facts, NeedsSignIn: s.NeedsSignIn, RefusedMode: s.RefusedMode, Turn: s.OwnTurn},
		Cursor:      protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:      protocol.ResumeNew,
		ReadOnly:    a.readOnly,
		HeartbeatMS: protocol.Heartbeat.Milliseconds(),
		Limits:      s.settings.Limits,
		PublicURL:   s.settings.PublicURL,
	}
	s.maskAgent(&w.Agent, reader)
	s.addConfiguring(&w.Agent)
	if !s.Active() {
		w.Agent.SilentSince = nil // no event of an ended session would end the silence
	}
	s.addItems(&w.Welcome, reader)
	if len(s.Queue) > 0 {
		w.Queue = slices.Clone(s.Queue)
	}
	room := maxWelcomeBytes - welcomeOverhead - s.People.Present()*presenceBytes - brief.ItemsSize(&w.Welcome)
	w.People, w.PeopleAfter = s.encodeParticipants(p.ID, room-minRecentBytes)
	w.RecentBytes = max(room-len(w.People), minRecentBytes)
	return w
}

// maskAgent masks what a reader must not see of the agent.
func (s *State) maskAgent(a *protocol.Agent, reader rules.Projection) {
	if reader.Whole {
		return
	}
	if s.MaskedFacts != nil {
		a.AgentFacts = *s.MaskedFacts
	}
	a.Detail = s.settings.Redact.String(a.Detail)
	if a.RefusedMode != nil {
		refused := *a.RefusedMode
		refused.Reason = s.settings.Redact.String(refused.Reason)
		a.RefusedMode = &refused
	}
}

// encodeParticipants encodes the participants of a welcome in about limit bytes: the first
// participants of the state, as many as fit, and in any case the authors of open prompts
// and the receiver of the welcome, whose id is given. If it leaves out others, after is the
// id of the last of the first participants.
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
	list, n := s.People.EncodeFirst(limit)
	for i, p := range needed {
		if place, known := s.People.Place(p.ID); !known || place >= n {
			list = append(append(list, ','), encoded[i]...)
		}
	}
	if all := s.People.All(); n < len(all) {
		after = all[n-1].ID
	}
	return list, after
}

// sessionFor returns the session as a welcome shows it to a participant. For the host, who
// could replace the invite, it holds the current one.
func (s *State) sessionFor(p protocol.Participant, readOnly bool) protocol.Session {
	session := s.Session
	if p.Role == protocol.RoleHost && s.Active() && !readOnly {
		invite := s.settings.Key.Token(rules.InviteToken, s.ID.String(), s.InviteGeneration)
		session.InviteToken = &invite
	}
	return session
}

const (
	// maxWelcomeText bounds the bytes of one prompt in a welcome, encoded as JSON. The
	// command item returns the whole prompt.
	maxWelcomeText = 4 << 10
	// maxWelcomeTexts bounds the bytes of all prompts in a welcome. If very many prompts
	// wait, a welcome shows less of each.
	maxWelcomeTexts = 256 << 10
)

// addItems adds the open prompts and questions to a welcome: the
// beginning of each long prompt, and the short form of each long question.
func (s *State) addItems(w *protocol.Welcome, reader rules.Projection) {
	w.Approvals = make([]protocol.Approval, 0, len(s.Open))
	w.Permissions = make([]protocol.Permission, 0, len(s.Permissions))
	limit := min(maxWelcomeText, maxWelcomeTexts/max(1, len(s.Open)+s.Questions.Number()))
	for i := range s.Open {
		w.Approvals = append(w.Approvals, brief.Approval(*s.Open[i].approvalFor(reader), limit))
	}
	for i := range s.Permissions {
		w.Permissions = append(w.Permissions, s.Permissions[i].For(reader).Brief(limit))
	}
	for i := range s.Elicitations {
		w.Elicitations = append(w.Elicitations, s.Elicitations[i].For(reader).Brief(limit))
	}
}
