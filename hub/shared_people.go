package hub

import (
	"errors"
	"strings"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// create makes the session with the host as its first participant.
func (s *sharedState) create(in input, c createShared) decision {
	ref := &commandRef{By: creator, ID: c.commandID, Digest: digestOf("create", c.body)}
	if s.Session.ID != "" {
		return s.createdBefore(ref)
	}
	if c.commandID == "" {
		ref = nil
	}
	b := c.body
	session := protocol.Session{
		ID:               s.ID.String(),
		WorkspaceID:      c.workspace,
		HostUserID:       b.HostUserID,
		HostSessionID:    b.HostSessionID,
		Mode:             b.Mode,
		ApprovalRequired: b.Mode == protocol.ModePromptWithApproval,
		CreatedAt:        in.at,
		Status:           protocol.StatusActive,
	}
	if b.WorkspaceID != nil && strings.TrimSpace(*b.WorkspaceID) != "" {
		session.WorkspaceID = strings.TrimSpace(*b.WorkspaceID)
	}
	if b.ExpiresInMinutes != nil && *b.ExpiresInMinutes > 0 {
		expires := in.at.Add(time.Duration(*b.ExpiresInMinutes) * time.Minute)
		session.ExpiresAt = &expires
	}
	host := protocol.Participant{
		ID:              in.ids[0],
		SharedSessionID: session.ID,
		UserID:          b.HostUserID,
		DisplayName:     b.HostDisplayName,
		Role:            protocol.RoleHost,
		JoinedAt:        in.at,
	}
	created := event{
		public:  &protocol.SharedSessionCreated{Session: session},
		private: private{Command: ref, Host: &host, Agent: c.agent},
	}
	return decision{
		events:  append([]event{created}, s.factsNew(c.facts)...),
		effects: []effect{tell{to: hostOf(session), message: sharedOpened{shared: s.ID}}},
		answer:  s.createAnswer(session, host),
	}
}

// creator is the scope of the command that created the session.
const creator = "creator"

func hostOf(session protocol.Session) journal.SessionID {
	id, _ := journal.ParseSessionID(session.HostSessionID) // was checked when the session was created
	return id
}

func (s *sharedState) createdBefore(ref *commandRef) decision {
	if c, ok := s.Commands.find(creator, ref.ID); ok && c.Digest == ref.Digest {
		return decision{answer: s.createAnswer(s.Session, s.host()), duplicate: true}
	}
	return refuse(protocol.CodeInvalidRequest, "this command id was used for another session")
}

func (s *sharedState) createAnswer(session protocol.Session, host protocol.Participant) *protocol.CreateAnswer {
	invite := s.settings.Key.token(inviteToken, s.ID.String(), 1)
	session.InviteToken = &invite
	return &protocol.CreateAnswer{Session: session, InviteToken: invite, HostParticipant: s.withToken(host)}
}

func (s *sharedState) withToken(p protocol.Participant) protocol.Participant {
	token := s.settings.Key.token(participantToken, p.ID, 1)
	p.AccessToken = &token
	return p
}

// enter decides on a join or resume.
func (s *sharedState) enter(in input, c command, first protocol.Command) decision {
	if c.who.connected {
		return refuse(protocol.CodeInvalidRequest, "this connection has its participant already")
	}
	if join, ok := first.(*protocol.Join); ok {
		return s.join(in, c, join).forCommand(refOf(c.request, joining(join.UserID)))
	}
	return s.resume(in, first.(*protocol.Resume), c.stream, c.who.departed)
}

// joinScope is the prefix of the scope of joins, which have no participant yet: the
// user, and the present invite.
const joinScope = "join:"

func joining(userID string) string { return joinScope + userID }

// join makes the holder of the invite a participant, or returns a participant whose
// token the join has.
func (s *sharedState) join(in input, m command, c *protocol.Join) decision {
	if err := s.requireActive(); err != nil {
		return decision{err: err}
	}
	if err := s.requireInvite(c.InviteToken); err != nil {
		return decision{err: err}
	}
	if done, again, err := s.recall(joining(c.UserID), m.request); err != nil || again {
		return s.joinedBefore(done, c, err)
	}
	if err := s.requireNotBarred(c.UserID); err != nil && !s.provesHost(c) {
		return decision{err: err}
	}
	if d, settled := s.rejoin(in, c, m.way); settled {
		return d
	}
	if s.People.here >= s.settings.MaxParticipants {
		return refuse(protocol.CodeTooManyParticipants, "the session has %d participants, which is all it can hold", s.settings.MaxParticipants)
	}
	if !s.canRestrict(c.UserID) {
		return refuse(protocol.CodeTooManyParticipants, "the session keeps so many people out or in a lower role that it takes in nobody new")
	}
	p := protocol.Participant{
		ID:              in.ids[0],
		SharedSessionID: s.ID.String(),
		UserID:          c.UserID,
		DisplayName:     c.DisplayName,
		Role:            s.roleOnJoin(c),
		JoinedAt:        in.at,
	}
	d := s.joined(s.named(p), c.Recent)
	d.events[0].private.Typed = m.way == joinTyped
	return d
}

// joinedBefore answers a join that was carried out before.
func (s *sharedState) joinedBefore(done commandDone, c *protocol.Join, err error) decision {
	if err != nil {
		return decision{err: err}
	}
	if p, known := s.People.get(done.Joined); !known || p.LeftAt != nil {
		return refuse(protocol.CodeParticipantInactive, "this participant has left")
	}
	return decision{answer: welcomeFor{participant: done.Joined, token: true, recent: c.Recent}, duplicate: true}
}

// rejoin decides on a join under the user id of a present participant, or by the host
// who has left. An invite alone never returns the host, and returns a guest only
// between joins by the original API, where the server allows it.
func (s *sharedState) rejoin(in input, c *protocol.Join, way joinWay) (decision, bool) {
	if s.provesHost(c) {
		return s.comeBack(in, s.host(), c.Recent), true
	}
	p, here := s.People.present(c.UserID)
	if !here {
		return decision{}, false
	}
	own := s.settings.Key.verify(participantToken, p.ID, 1, c.ParticipantToken)
	if own || way == joinAgain && p.Role != protocol.RoleHost && !s.Typed[p.ID] {
		return decision{answer: welcomeFor{participant: p.ID, token: true, recent: c.Recent}}, true
	}
	return refuse(protocol.CodeUserAlreadyJoined, "a participant with this user id is already in the session; to return as that participant, send its token"), true
}

// provesHost reports whether a join has the host's token.
func (s *sharedState) provesHost(c *protocol.Join) bool {
	h := s.host()
	return c.UserID == h.UserID && s.settings.Key.verify(participantToken, h.ID, 1, c.ParticipantToken)
}

// comeBack returns a present participant, or the host who has left.
func (s *sharedState) comeBack(in input, p protocol.Participant, recent int) decision {
	if p.LeftAt == nil {
		return decision{answer: welcomeFor{participant: p.ID, token: true, recent: recent}}
	}
	p.LeftAt = nil
	p.JoinedAt = in.at
	return s.joined(p, recent)
}

func (s *sharedState) joined(p protocol.Participant, recent int) decision {
	return decision{
		events: []event{primaryEvent(&protocol.ParticipantJoined{Participant: p})},
		answer: welcomeFor{participant: p.ID, token: true, recent: recent},
	}
}

// roleOnJoin returns the role that a join asks for, limited to collaborator and to a
// lower role that the host has set for the user.
func (s *sharedState) roleOnJoin(c *protocol.Join) protocol.Role {
	if c.Role == protocol.RoleViewer || s.Roles[c.UserID] == protocol.RoleViewer {
		return protocol.RoleViewer
	}
	return protocol.RoleCollaborator
}

// restrict records a role that the host has set. A lower role stays with the user id.
// A higher one does not, because user ids are self-asserted.
func (s *sharedState) restrict(p protocol.Participant) {
	if p.Role == protocol.RoleViewer {
		s.Roles[p.UserID] = p.Role
	} else {
		delete(s.Roles, p.UserID)
	}
}

// applyLeft records that a participant has left or was removed.
func (s *sharedState) applyLeft(left *protocol.ParticipantLeft) {
	p := left.Participant
	if _, known := s.People.get(p.ID); known && p.Role != protocol.RoleHost {
		s.keepName(p)
		s.depart(p, s.Time)
	}
	s.noteParticipant(p)
	if left.RemovedBy == nil {
		return
	}
	s.Barred[p.UserID] = bar{deref(left.Reason)}
	if p.Role == protocol.RoleViewer {
		s.Roles[p.UserID] = p.Role
	}
}

// requireNotBarred returns PARTICIPANT_REMOVED, with the reason that all participants
// were told, for a removed user.
func (s *sharedState) requireNotBarred(userID string) error {
	barred, ok := s.Barred[userID]
	if !ok {
		return nil
	}
	return protocol.Errorf(protocol.CodeParticipantRemoved, "%s", removedFor(barred.Reason))
}

// requireNotRemoved is requireNotBarred for a participant. It never applies to the
// host, although a guest who took the host's user id can be removed.
func (s *sharedState) requireNotRemoved(p protocol.Participant) error {
	if p.Role == protocol.RoleHost {
		return nil
	}
	return s.requireNotBarred(p.UserID)
}

// removedFor returns the message for a removed participant.
func removedFor(reason string) string {
	if reason == "" {
		return "the host has removed you"
	}
	return "the host has removed you: " + reason
}

// resume continues a participation on a new connection. It brings back a host who has
// left.
func (s *sharedState) resume(in input, c *protocol.Resume, stream bool, left departed) decision {
	who := sender{ParticipantID: c.ParticipantID, Token: c.ParticipantToken, departed: left}
	if c.ReadOnly {
		return s.resumeReading(who, c.Recent)
	}
	p, err := s.authenticate(who)
	gone := errors.Is(err, &protocol.Error{Code: protocol.CodeParticipantInactive})
	if gone && p.Role == protocol.RoleHost && !stream {
		return s.comeBack(in, p, c.Recent)
	}
	if err != nil {
		return decision{err: err}
	}
	return decision{answer: welcomeFor{participant: p.ID, recent: c.Recent}}
}

func (s *sharedState) leave(in input, p protocol.Participant) decision {
	p.LeftAt = new(in.at)
	return decision{
		events:  []event{primaryEvent(&protocol.ParticipantLeft{Participant: p})},
		effects: []effect{cut{p.ID, closeNormal, "you left"}},
	}
}

func (s *sharedState) setRole(c *protocol.SetRole, left departed) decision {
	p, err := s.guestNow(c.ParticipantID, left)
	if err != nil {
		return decision{err: err}
	}
	if c.Role == protocol.RoleViewer && !s.canRestrict(p.UserID) {
		return tooManyRestricted()
	}
	p.Role = c.Role
	return decision{events: []event{primaryEvent(&protocol.ParticipantUpdated{Participant: p})}}
}

// remove ends a participation for good. It rejects the participant's pending prompts,
// including those from before leaving and joining again, cancels the queued ones and
// bars the user id. Unless the command says otherwise it replaces the invite, which
// the removed person could use under another user id. participant_left comes last, so
// that it is the last event that the participant receives.
func (s *sharedState) remove(in input, c *protocol.Remove, host protocol.Participant, before departed) decision {
	p, err := s.guestNow(c.ParticipantID, before)
	if err != nil {
		return decision{err: err}
	}
	if !s.canRestrict(p.UserID) {
		return tooManyRestricted()
	}
	var d decision
	for _, o := range s.Open {
		if o.Author.UserID != p.UserID || o.Author.Role == protocol.RoleHost {
			continue
		}
		switch o.Phase {
		case phasePending:
			d.events = append(d.events, event{public: rejected(o.Approval, host, "", in.at)})
		case phaseApproved, phaseQueued:
			if o.Cancelled {
				continue
			}
			d.events = append(d.events, event{public: &protocol.PromptCancelled{ApprovalID: o.Approval.ID, Participant: host}})
			d.effects = append(d.effects, s.tellHost(cancelTurn{o.Approval.ID, cancelled}))
		}
	}
	if p.LeftAt == nil {
		p.LeftAt = new(in.at)
	}
	left := primaryEvent(&protocol.ParticipantLeft{Participant: p, RemovedBy: &host.ID, Reason: c.Reason})
	if !c.KeepInvite {
		d.events = append(d.events, s.rotated(host))
		left.private.Invite = s.Invite + 1
	}
	d.events = append(d.events, left)
	d.effects = append(d.effects, cutUser{p.ID, p.UserID, protocol.CloseRemoved, removedFor(deref(c.Reason))})
	return d
}

// guest returns a participant who is not the host and may have left.
func (s *sharedState) guest(id string, left departed) (protocol.Participant, error) {
	p, err := s.lookup(id, left)
	if err != nil {
		return p, err
	}
	if p.Role == protocol.RoleHost {
		return p, protocol.Errorf(protocol.CodeInvalidRequest, "this cannot be done to the host")
	}
	return p, nil
}

// guestNow is guest, but returns the present participant of a guest who has left and
// joined again.
func (s *sharedState) guestNow(id string, left departed) (protocol.Participant, error) {
	p, err := s.guest(id, left)
	if err != nil || p.LeftAt == nil {
		return p, err
	}
	if now, here := s.People.present(p.UserID); here && now.Role != protocol.RoleHost {
		return now, nil
	}
	return p, nil
}

func (s *sharedState) rotateInvite(p protocol.Participant) decision {
	rotated := s.rotated(p)
	rotated.primary = true
	return decision{events: []event{rotated}}
}

// rotated returns the event that replaces the invite.
func (s *sharedState) rotated(by protocol.Participant) event {
	return event{public: &protocol.InviteRotated{Participant: by}, private: private{Invite: s.Invite + 1}}
}
