package shared

import (
	"errors"
	"strings"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// create makes the session with the host as its first participant.
func (s *State) create(in rules.Input, c Create) rules.Decision {
	ref := &rules.CommandRef{Scope: creatorScope, ID: c.CommandID, Digest: rules.DigestOf("create", c.Body)}
	if s.Session.ID != "" {
		return s.repeatedCreate(ref)
	}
	if c.CommandID == "" {
		ref = nil
	}
	b := c.Body
	session := protocol.Session{
		ID:               s.ID.String(),
		WorkspaceID:      c.Workspace,
		HostUserID:       b.HostUserID,
		HostSessionID:    b.HostSessionID,
		Mode:             b.Mode,
		ApprovalRequired: b.Mode == protocol.ModePromptWithApproval,
		CreatedAt:        in.At,
		Status:           protocol.StatusActive,
	}
	if b.WorkspaceID != nil && strings.TrimSpace(*b.WorkspaceID) != "" {
		session.WorkspaceID = strings.TrimSpace(*b.WorkspaceID)
	}
	if b.ExpiresInMinutes != nil && *b.ExpiresInMinutes > 0 {
		expires := in.At.Add(time.Duration(*b.ExpiresInMinutes) * time.Minute)
		session.ExpiresAt = &expires
	}
	host := protocol.Participant{
		ID:              in.IDs[0],
		SharedSessionID: session.ID,
		UserID:          b.HostUserID,
		DisplayName:     b.HostDisplayName,
		Role:            protocol.RoleHost,
		JoinedAt:        in.At,
	}
	created := rules.Event{
		Public:  &protocol.SharedSessionCreated{Session: session},
		Private: rules.Private{Command: ref, Host: &host, Agent: c.Agent},
	}
	return rules.Decision{
		Events:  append([]rules.Event{created}, s.factsNew(c.Facts)...),
		Effects: []rules.Effect{rules.Send{To: hostOf(session), Message: rules.SharedOpened{Shared: s.ID}}},
		Answer:  s.createAnswer(session, host),
	}
}

// creatorScope is the scope of the command that created the session.
const creatorScope = "creator"

func hostOf(session protocol.Session) journal.SessionID {
	id, _ := journal.ParseSessionID(session.HostSessionID) // was checked when the session was created
	return id
}

func (s *State) repeatedCreate(ref *rules.CommandRef) rules.Decision {
	if c, ok := s.Commands.find(creatorScope, ref.ID); ok && c.Digest == ref.Digest {
		return rules.Decision{Answer: s.createAnswer(s.Session, s.Host()), Duplicate: true}
	}
	return rules.Refuse(protocol.CodeInvalidRequest, "this command id was used for another session")
}

func (s *State) createAnswer(session protocol.Session, host protocol.Participant) *protocol.CreateAnswer {
	invite := s.settings.Key.Token(rules.InviteToken, s.ID.String(), 1)
	session.InviteToken = &invite
	return &protocol.CreateAnswer{Session: session, InviteToken: invite, HostParticipant: s.withToken(host)}
}

func (s *State) withToken(p protocol.Participant) protocol.Participant {
	token := s.settings.Key.Token(rules.ParticipantToken, p.ID, 1)
	p.AccessToken = &token
	return p
}

// enter decides on a join or resume.
func (s *State) enter(in rules.Input, c Command, first protocol.Command) rules.Decision {
	if c.Sender.Connected {
		return rules.Refuse(protocol.CodeInvalidRequest, "this connection has its participant already")
	}
	if join, ok := first.(*protocol.Join); ok {
		return s.join(in, c, join).ForCommand(commandRef(c.Request, joinScope(join.UserID)))
	}
	return s.resume(in, first.(*protocol.Resume), c.EventsOnly, c.Sender.Departed)
}

// joinScopePrefix is the prefix of the scope of joins, which have no participant yet: the
// user, and the present invite.
const joinScopePrefix = "join:"

func joinScope(userID string) string { return joinScopePrefix + userID }

// join makes the holder of the invite a participant, or returns a participant whose
// token the join has.
func (s *State) join(in rules.Input, m Command, c *protocol.Join) rules.Decision {
	if err := s.requireActive(); err != nil {
		return rules.Decision{Err: err}
	}
	if err := s.requireInvite(c.InviteToken); err != nil {
		return rules.Decision{Err: err}
	}
	if done, repeated, err := s.recall(joinScope(c.UserID), m.Request); err != nil || repeated {
		return s.repeatedJoin(done, c, err)
	}
	if err := s.requireNotBarred(c.UserID); err != nil && !s.hasHostToken(c) {
		return rules.Decision{Err: err}
	}
	if d, settled := s.rejoin(in, c, m.JoinAPI); settled {
		return d
	}
	if s.People.present >= s.settings.MaxParticipants {
		return rules.Refuse(protocol.CodeTooManyParticipants, "the session has %d participants, which is all it can hold", s.settings.MaxParticipants)
	}
	if !s.canRestrict(c.UserID) {
		return rules.Refuse(protocol.CodeTooManyParticipants, "the session keeps so many people out or in a lower role that it takes in nobody new")
	}
	p := protocol.Participant{
		ID:              in.IDs[0],
		SharedSessionID: s.ID.String(),
		UserID:          c.UserID,
		DisplayName:     c.DisplayName,
		Role:            s.roleOnJoin(c),
		JoinedAt:        in.At,
	}
	d := s.joinDecision(s.withUniqueName(p), c.Recent)
	d.Events[0].Private.Typed = m.JoinAPI == JoinTyped
	return d
}

// repeatedJoin answers a join that was carried out before.
func (s *State) repeatedJoin(done completedCommand, c *protocol.Join, err error) rules.Decision {
	if err != nil {
		return rules.Decision{Err: err}
	}
	if p, known := s.People.Get(done.Joined); !known || p.LeftAt != nil {
		return rules.Refuse(protocol.CodeParticipantInactive, "this participant has left")
	}
	return rules.Decision{Answer: WelcomeFor{Participant: done.Joined, Token: true, Recent: c.Recent}, Duplicate: true}
}

// rejoin decides on a join under the user id of a present participant, or by the host
// who has left. An invite alone never returns the host, and returns a guest only
// between joins by the original API, where the server allows it.
func (s *State) rejoin(in rules.Input, c *protocol.Join, api JoinAPI) (rules.Decision, bool) {
	if s.hasHostToken(c) {
		return s.reenter(in, s.Host(), c.Recent), true
	}
	p, present := s.People.PresentByUser(c.UserID)
	if !present {
		return rules.Decision{}, false
	}
	own := s.settings.Key.Verify(rules.ParticipantToken, p.ID, 1, c.ParticipantToken)
	if own || api == JoinOriginalReturning && p.Role != protocol.RoleHost && !s.JoinedTyped[p.ID] {
		return rules.Decision{Answer: WelcomeFor{Participant: p.ID, Token: true, Recent: c.Recent}}, true
	}
	return rules.Refuse(protocol.CodeUserAlreadyJoined, "a participant with this user id is already in the session; to return as that participant, send its token"), true
}

// hasHostToken reports whether a join has the host's token.
func (s *State) hasHostToken(c *protocol.Join) bool {
	h := s.Host()
	return c.UserID == h.UserID && s.settings.Key.Verify(rules.ParticipantToken, h.ID, 1, c.ParticipantToken)
}

// reenter returns a present participant, or the host who has left.
func (s *State) reenter(in rules.Input, p protocol.Participant, recent int) rules.Decision {
	if p.LeftAt == nil {
		return rules.Decision{Answer: WelcomeFor{Participant: p.ID, Token: true, Recent: recent}}
	}
	p.LeftAt = nil
	p.JoinedAt = in.At
	return s.joinDecision(p, recent)
}

func (s *State) joinDecision(p protocol.Participant, recent int) rules.Decision {
	return rules.Decision{
		Events: []rules.Event{rules.PrimaryEvent(&protocol.ParticipantJoined{Participant: p})},
		Answer: WelcomeFor{Participant: p.ID, Token: true, Recent: recent},
	}
}

// roleOnJoin returns the role that a join asks for, limited to collaborator and to a
// lower role that the host has set for the user.
func (s *State) roleOnJoin(c *protocol.Join) protocol.Role {
	if c.Role == protocol.RoleViewer || s.LoweredRoles[c.UserID] == protocol.RoleViewer {
		return protocol.RoleViewer
	}
	return protocol.RoleCollaborator
}

// recordRole records a role that the host has set. A lower role stays with the user id.
// A higher one does not, because user ids are self-asserted.
func (s *State) recordRole(p protocol.Participant) {
	if p.Role == protocol.RoleViewer {
		s.LoweredRoles[p.UserID] = p.Role
	} else {
		delete(s.LoweredRoles, p.UserID)
	}
}

// applyLeft records that a participant has left or was removed.
func (s *State) applyLeft(left *protocol.ParticipantLeft) {
	p := left.Participant
	if _, known := s.People.Get(p.ID); known && p.Role != protocol.RoleHost {
		s.reserveName(p)
		s.recordDeparture(p, s.Time)
	}
	s.recordParticipant(p)
	if left.RemovedBy == nil {
		return
	}
	s.Barred[p.UserID] = Bar{deref(left.Reason)}
	if p.Role == protocol.RoleViewer {
		s.LoweredRoles[p.UserID] = p.Role
	}
}

// requireNotBarred returns PARTICIPANT_REMOVED, with the reason that all participants
// were told, for a removed user.
func (s *State) requireNotBarred(userID string) error {
	barred, ok := s.Barred[userID]
	if !ok {
		return nil
	}
	return protocol.Errorf(protocol.CodeParticipantRemoved, "%s", removalMessage(barred.Reason))
}

// requireNotRemoved is requireNotBarred for a participant. It never applies to the
// host, although a guest who took the host's user id can be removed.
func (s *State) requireNotRemoved(p protocol.Participant) error {
	if p.Role == protocol.RoleHost {
		return nil
	}
	return s.requireNotBarred(p.UserID)
}

// removalMessage returns the message for a removed participant.
func removalMessage(reason string) string {
	if reason == "" {
		return "the host has removed you"
	}
	return "the host has removed you: " + reason
}

// resume continues a participation on a new connection. It brings back a host who has
// left.
func (s *State) resume(in rules.Input, c *protocol.Resume, eventsOnly bool, left Departed) rules.Decision {
	sender := Sender{ParticipantID: c.ParticipantID, Token: c.ParticipantToken, Departed: left}
	if c.ReadOnly {
		return s.resumeReading(sender, c.Recent)
	}
	p, err := s.authenticate(sender)
	hasLeft := errors.Is(err, &protocol.Error{Code: protocol.CodeParticipantInactive})
	if hasLeft && p.Role == protocol.RoleHost && !eventsOnly {
		return s.reenter(in, p, c.Recent)
	}
	if err != nil {
		return rules.Decision{Err: err}
	}
	return rules.Decision{Answer: WelcomeFor{Participant: p.ID, Recent: c.Recent}}
}

func (s *State) leave(in rules.Input, p protocol.Participant) rules.Decision {
	p.LeftAt = new(in.At)
	return rules.Decision{
		Events:  []rules.Event{rules.PrimaryEvent(&protocol.ParticipantLeft{Participant: p})},
		Effects: []rules.Effect{Disconnect{p.ID, closeNormal, "you left"}},
	}
}

func (s *State) setRole(c *protocol.SetRole, left Departed) rules.Decision {
	p, err := s.currentGuest(c.ParticipantID, left)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if c.Role == protocol.RoleViewer && !s.canRestrict(p.UserID) {
		return tooManyRestricted()
	}
	p.Role = c.Role
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.ParticipantUpdated{Participant: p})}}
}

// remove ends a participation for good. It rejects the participant's pending prompts,
// including those from before leaving and joining again, cancels the queued ones and
// bars the user id. Unless the command says otherwise it replaces the invite, which
// the removed person could use under another user id. participant_left comes last, so
// that it is the last event that the participant receives.
func (s *State) remove(in rules.Input, c *protocol.Remove, host protocol.Participant, before Departed) rules.Decision {
	p, err := s.currentGuest(c.ParticipantID, before)
	if err != nil {
		return rules.Decision{Err: err}
	}
	if !s.canRestrict(p.UserID) {
		return tooManyRestricted()
	}
	var d rules.Decision
	for _, o := range s.Open {
		if o.Author.UserID != p.UserID || o.Author.Role == protocol.RoleHost {
			continue
		}
		switch o.Phase {
		case phasePending:
			d.Events = append(d.Events, rules.Event{Public: rejection(o.Approval, host, "", in.At)})
		case phaseApproved, phaseQueued:
			if o.Cancelled {
				continue
			}
			d.Events = append(d.Events, rules.Event{Public: &protocol.PromptCancelled{ApprovalID: o.Approval.ID, Participant: host}})
			d.Effects = append(d.Effects, s.sendHost(rules.CancelTurn{Approval: o.Approval.ID, Failure: rules.Cancelled}))
		}
	}
	if p.LeftAt == nil {
		p.LeftAt = new(in.At)
	}
	left := rules.PrimaryEvent(&protocol.ParticipantLeft{Participant: p, RemovedBy: &host.ID, Reason: c.Reason})
	if !c.KeepInvite {
		d.Events = append(d.Events, s.rotation(host))
		left.Private.Invite = s.InviteGeneration + 1
	}
	d.Events = append(d.Events, left)
	d.Effects = append(d.Effects, DisconnectUser{p.ID, p.UserID, protocol.CloseRemoved, removalMessage(deref(c.Reason))})
	return d
}

// guest returns a participant who is not the host and may have left.
func (s *State) guest(id string, left Departed) (protocol.Participant, error) {
	p, err := s.lookup(id, left)
	if err != nil {
		return p, err
	}
	if p.Role == protocol.RoleHost {
		return p, protocol.Errorf(protocol.CodeInvalidRequest, "this cannot be done to the host")
	}
	return p, nil
}

// currentGuest is guest, but returns the present participant of a guest who has left and
// joined again.
func (s *State) currentGuest(id string, left Departed) (protocol.Participant, error) {
	p, err := s.guest(id, left)
	if err != nil || p.LeftAt == nil {
		return p, err
	}
	if now, present := s.People.PresentByUser(p.UserID); present && now.Role != protocol.RoleHost {
		return now, nil
	}
	return p, nil
}

func (s *State) rotateInvite(p protocol.Participant) rules.Decision {
	rotated := s.rotation(p)
	rotated.Primary = true
	return rules.Decision{Events: []rules.Event{rotated}}
}

// rotation returns the event that replaces the invite.
func (s *State) rotation(by protocol.Participant) rules.Event {
	return rules.Event{Public: &protocol.InviteRotated{Participant: by}, Private: rules.Private{Invite: s.InviteGeneration + 1}}
}
