package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// authenticateReader returns the participant who sends a command that only reads. Every
// participant who was not removed may read, also after leaving and after the session has
// ended.
func (s *State) authenticateReader(sender Sender) (protocol.Participant, error) {
	if err := s.requireCreated(); err != nil {
		return protocol.Participant{}, err
	}
	p, err := s.identify(sender)
	if err == nil {
		err = s.requireNotRemoved(p)
	}
	return p, err
}

// authenticate returns the participant who sends a command. It returns an error for one
// who has left.
func (s *State) authenticate(sender Sender) (protocol.Participant, error) {
	if err := s.requireActive(); err != nil {
		return protocol.Participant{}, err
	}
	p, err := s.identify(sender)
	if err == nil && p.LeftAt != nil {
		err = s.inactiveError(p)
	}
	return p, err
}

// identify returns the participant who sends a command, who may have left. Its errors are
// those of lookup, and INVALID_PARTICIPANT_TOKEN.
func (s *State) identify(sender Sender) (protocol.Participant, error) {
	p, err := s.lookup(sender.ParticipantID, sender.Departed)
	if err != nil {
		return p, err
	}
	if !s.authentic(p, sender) {
		return p, protocol.Errorf(protocol.CodeInvalidParticipantToken, "wrong participant token")
	}
	return p, nil
}

// authentic reports whether the sender is p. The token of a connection was checked when
// the connection began.
func (s *State) authentic(p protocol.Participant, sender Sender) bool {
	return sender.Connected || s.settings.Key.Verify(rules.ParticipantToken, p.ID, 1, sender.Token)
}

// inactiveError returns the error for a participant who has left or was removed.
func (s *State) inactiveError(p protocol.Participant) error {
	if err := s.requireNotRemoved(p); err != nil {
		return err
	}
	return protocol.Errorf(protocol.CodeParticipantInactive, "this participant has left")
}

// requireActive returns SESSION_INACTIVE if the session has ended, and
// SESSION_NOT_FOUND if it was never created.
func (s *State) requireActive() error {
	if err := s.requireCreated(); err != nil {
		return err
	}
	if !s.Active() {
		return protocol.Errorf(protocol.CodeSessionInactive, "the session is %s", s.Session.Status)
	}
	return nil
}

// requireCreated returns SESSION_NOT_FOUND for a session that was not created.
func (s *State) requireCreated() error {
	if s.Session.ID == "" {
		return protocol.Errorf(protocol.CodeSessionNotFound, "no such session") // the creation failed
	}
	return nil
}

// requireInvite returns INVALID_INVITE_TOKEN unless the invite is the current one.
func (s *State) requireInvite(invite string) error {
	if s.settings.Key.Verify(rules.InviteToken, s.ID.String(), s.InviteGeneration, invite) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced")
}
