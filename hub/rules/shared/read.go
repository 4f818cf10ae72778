package shared

import (
	"cmp"

	"parley/hub/rules"
	"parley/protocol"
)

// read decides on a read of the original API, which needs an active session.
func (s *State) read(m Read) rules.Decision {
	if err := s.requireActive(); err != nil {
		return rules.Decision{Err: err}
	}
	if m.Sender != nil {
		if _, err := s.authenticate(*m.Sender); err != nil {
			return rules.Decision{Err: err}
		}
	}
	return rules.Decision{Answer: m.Kind}
}

// invitation describes the session to a holder of the invite, also after its end. For
// a wrong invite it returns the error of a join.
func (s *State) invitation(m Invitation) rules.Decision {
	if err := s.requireCreated(); err != nil {
		return rules.Decision{Err: err}
	}
	if err := s.requireInvite(m.Invite); err != nil {
		return rules.Decision{Err: cmp.Or(s.requireActive(), err)}
	}
	return rules.Decision{Answer: &protocol.InvitationAnswer{
		Session:      s.Session,
		Host:         s.Host(),
		Participants: s.People.firstPresent(protocol.MaxInvitationParticipants),
		Present:      s.People.present,
	}}
}

// requireInvite returns INVALID_INVITE_TOKEN unless the invite is the present one.
func (s *State) requireInvite(invite string) error {
	if s.settings.Key.Verify(rules.InviteToken, s.ID.String(), s.InviteGeneration, invite) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced")
}
