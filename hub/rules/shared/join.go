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
		return s.join(in, c, join).ForCommand(commandRef(c.Request, joinScope(join.UserID)))
	}
	return s.resume(in, first.(*protocol.Resume), c)
}

// joinScopePrefix begins the scope of a join, whose sender is not a participant yet. The
// scope is the user id, and ends when the invite is replaced.
const joinScopePrefix = "join:"

func joinScope(userID string) string { return joinScopePrefix + userID }

// join makes the holder of the invite a participant, or returns the present participant
// whose token the join has.
func (s *State) join(in rules.Input, m Command, c *protocol.Join) rules.Decision {
	if err := s.requireInvitation(c.InviteToken, m.Sender.Guarded); err != nil {
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
	if s.People.Present() >= s.settings.MaxParticipants {
		full := protocol.Errorf(protocol.CodeTooManyParticipants, "the session is full: it has %d participants", s.settings.MaxParticipants)
		return rules.Decision{Err: full.By(protocol.LimitParticipants)}
	}
	if !s.CanRestrict(c.UserID, &s.People) {
		full := protocol.Errorf(protocol.CodeTooManyParticipants, "the session has as many removed and restricted users as it can hold, so no new user can join")
		return rules.Decision{Err: full.By(protocol.LimitRestricted)}
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
// lower role that the host has set for the user.
func (s *State) roleOnJoin(c *protocol.Join) protocol.Role {
	if c.Role == protocol.RoleViewer || s.LoweredRoles[c.UserID] == protocol.RoleViewer {
		return protocol.RoleViewer
	}
	return protocol.RoleCollaborator
}

// resume continues a participation on a new connection. It makes a host who has left
// present again, unless the connection receives events alone.
func (s *State) resume(in rules.Input, c *protocol.Resume, m Command) rules.Decision {
	sender := Sender{ParticipantID: c.ParticipantID, Token: c.ParticipantToken, Guarded: m.Sender.Guarded, Departed: m.Sender.Departed}
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
