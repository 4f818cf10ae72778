package hub

import (
	"cmp"

	"parley/protocol"
)

// read decides on a read of the original API, which needs an active session.
func (s *sharedState) read(m read) decision {
	if err := s.requireActive(); err != nil {
		return decision{err: err}
	}
	if m.who != nil {
		if _, err := s.authenticate(*m.who); err != nil {
			return decision{err: err}
		}
	}
	return decision{answer: m.what}
}

// invitation describes the session to a holder of the invite, also after its end. For
// a wrong invite it returns the error of a join.
func (s *sharedState) invitation(m invitation) decision {
	if err := s.requireCreated(); err != nil {
		return decision{err: err}
	}
	if err := s.requireInvite(m.invite); err != nil {
		return decision{err: cmp.Or(s.requireActive(), err)}
	}
	return decision{answer: &protocol.InvitationAnswer{
		Session:      s.Session,
		Host:         s.host(),
		Participants: s.People.firstHere(protocol.MaxInvitationParticipants),
		Present:      s.People.here,
	}}
}

// requireInvite returns INVALID_INVITE_TOKEN unless the invite is the present one.
func (s *sharedState) requireInvite(invite string) error {
	if s.settings.Key.verify(inviteToken, s.ID.String(), s.Invite, invite) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced")
}
