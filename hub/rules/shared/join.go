package shared

import (
	"errors"

	"parley/hub/rules"
	"parley/hub/rules/shared/commands"
	"parley/protocol"
)

// enter decides on a join or resume, the first command of a connection.
func (s *State) enter(in rules.Input, c Command, first protocol.Command) rules.Decision {
	if c.Sender.Connected {
		return rules.Refuse(protocol.CodeInvalidRequest, "this connection already has a participant")
	}
	if join, ok := first.(*protocol.Join); ok {
		return s.join(in, c, join).ForCommand(commandRef(c.Request, joinScope(s.joining(join, c.Sender.Caller))))
	}
	return s.resume(in, first.(*protocol.Resume), c)
}

// joinScopePrefix begins the scope of a join, whose sender is not a participant yet. The
// scope is the person, and ends when the invite is replaced.
const joinScopePrefix = "join:"

func joinScope(p protocol.Participant) string { return joinScopePrefix + p.Person() }

// joining returns who wants to join: a person whom the server knows or, where there is none,
// what the command says.
func (s *State) joining(c *protocol.Join, by rules.Caller) protocol.Participant {
	return s.settings.Key.Verified(protocol.Participant{
		SharedSessionID: s.ID.String(),
		UserID:          c.UserID,
		DisplayName:     c.DisplayName,
	}, by)
}

// join makes the holder of the invite a participant, or returns the present participant
// whose token the join has.
func (s *State) join(in rules.Input, m Command, c *protocol.Join) rules.Decision {
	p := s.joining(c, m.Sender.Caller)
	if own, present := s.ownParticipant(p); present {
		return s.reenter(in, own, c.Recent)
	}
	if err := s.requireInvitation(c.InviteToken, m.Sender.Guarded); err != nil {
		return rules.Decision{Err: err}
	}
	if done, repeated, err := s.recall(joinScope(p), m.Request); err != nil || repeated {
		return s.repeatedJoin(done, c, err)
	}
	if err := s.requireMayJoin(p); err != nil && !s.hasHostToken(c) {
		return rules.Decision{Err: err}
	}
	if d, settled := s.rejoin(in, c, p, m.JoinAPI); settled {
		return d
	}
	if s.People.Present() >= s.settings.MaxParticipants {
		full := protocol.Errorf(protocol.CodeTooManyParticipants, "the session is full: it has %d participants", s.settings.MaxParticipants)
		return rules.Decision{Err: full.By(protocol.LimitParticipants)}
	}
	if !s.CanRestrict(p.Person(), &s.People) {
		full := protocol.Errorf(protocol.CodeTooManyParticipants, "the session has as many removed and restricted users as it can hold, so no new user can join")
		return rules.Decision{Err: full.By(protocol.LimitRestricted)}
	}
	p.ID, p.Role, p.JoinedAt = in.IDs[0], s.roleOnJoin(c, p), in.At
	d := s.joinDecision(s.withUniqueName(p), c.Recent)
	d.Events[0].Private.Typed = m.JoinAPI == JoinTyped
	return d
}

// repeatedJoin answers a join that was carried out before. It never returns a participant
// who has left since.
func (s *State) repeatedJoin(done commands.Done, c *protocol.Join, err error) rules.Decision {
	if err != nil {
		return rules.Decision{Err: err}
	}
	if p, known := s.People.Get(done.Joined); !known || p.LeftAt != nil {
		return rules.Refuse(protocol.CodeParticipantInactive, "this participant has left")
	}
	return rules.Decision{Answer: WelcomeFor{Participant: done.Joined, Token: true, Recent: c.Recent}, Duplicate: true}
}

// ownParticipant returns the present participant of a verified person, or the host. Such a
// person needs neither a token nor an invite to return.
func (s *State) ownParticipant(joining protocol.Participant) (own protocol.Participant, present bool) {
	if joining.Identity == "" || !s.Active() {
		return own, false
	}
	switch h := s.Host(); {
	case h.Identity == joining.Identity:
		return h, true
	}
	return s.People.PresentBy(joining.Person())
}

// rejoin decides on a join under the user id of a present participant, or by the host
// who has left. An invite alone never returns the host, and returns a guest only
// between joins by the original API, where the server allows it. The identity of a verified
// participant is needed to return as that one: see ownParticipant.
func (s *State) rejoin(in rules.Input, c *protocol.Join, joining protocol.Participant, api JoinAPI) (rules.Decision, bool) {
	if s.hasHostToken(c) {
		return s.reenter(in, s.Host(), c.Recent), true
	}
	p, present := s.People.PresentBy(joining.Person())
	switch {
	case !present && joining.Identity == "" && s.People.HasVerified(joining.UserID):
		return rules.Refuse(protocol.CodeUserAlreadyJoined, "the person with this user id is already in the session; to return as that person, sign in to the server"), true
	case !present:
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
	return !s.isVerified(h) && c.UserID == h.UserID && s.settings.Key.Verify(rules.ParticipantToken, h.ID, 1, c.ParticipantToken)
}

// reenter welcomes a present participant. It makes a host who has left present again.
func (s *State) reenter(in rules.Input, p protocol.Participant, recent int) rules.Decision {
	if p.LeftAt == nil {
		return rules.Decision{Answer: WelcomeFor{Participant: p.ID, Token: true, Recent: recent}}
	}
	p.LeftAt = nil
	p.JoinedAt = in.At
	return s.joinDecision(p, recent)
}

// joinDecision records a participant who joins, and welcomes it.
func (s *State) joinDecision(p protocol.Participant, recent int) rules.Decision {
	return rules.Decision{
		Events: []rules.Event{rules.PrimaryEvent(&protocol.ParticipantJoined{Participant: p})},
		Answer: WelcomeFor{Participant: p.ID, Token: true, Recent: recent},
	}
}

// roleOnJoin returns the role that a join asks for, limited to collaborator and to the
// lower role that the host has set for the person.
func (s *State) roleOnJoin(c *protocol.Join, joining protocol.Participant) protocol.Role {
	if c.Role == protocol.RoleViewer || s.LoweredRoles[joining.Person()] == protocol.RoleViewer {
		return protocol.RoleViewer
	}
	return protocol.RoleCollaborator
}

// resume continues a participation on a new connection. It makes a host who has left
// present again, unless the connection receives events alone.
func (s *State) resume(in rules.Input, c *protocol.Resume, m Command) rules.Decision {
	sender := m.Sender
	sender.ParticipantID, sender.Token = c.ParticipantID, c.ParticipantToken
	if c.ReadOnly {
		return s.resumeReading(sender, c.Recent)
	}
	p, err := s.authenticate(sender)
	hasLeft := errors.Is(err, &protocol.Error{Code: protocol.CodeParticipantInactive})
	if hasLeft && p.Role == protocol.RoleHost && !m.EventsOnly {
		return s.reenter(in, p, c.Recent)
	}
	if err != nil {
		return rules.Decision{Err: err}
	}
	return rules.Decision{Answer: WelcomeFor{Participant: p.ID, Recent: c.Recent}}
}
