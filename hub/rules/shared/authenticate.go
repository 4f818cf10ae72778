package shared

import (
	"errors"

	"parley/hub/rules"
	"parley/protocol"
)

// authenticateReader returns the participant who sends a command that only reads. Every
// participant who was not removed may read, also after leaving and after the session has
// ended.
func (s *State) authenticateReader(sender Sender) (protocol.Participant, error) {
	if err := s.requireCreated(); err != nil && !sender.Guarded {
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
	active := s.requireActive()
	if active != nil && !sender.Guarded {
		return protocol.Participant{}, active
	}
	p, err := s.identify(sender)
	switch {
	case err != nil:
	case active != nil:
		err = active
	case p.LeftAt != nil:
		err = s.inactiveError(p)
	}
	return p, err
}

// identify returns the participant who sends a command, who may have left. Its errors are
// those of lookup, and INVALID_PARTICIPANT_TOKEN.
func (s *State) identify(sender Sender) (protocol.Participant, error) {
	p, err := s.lookup(sender.ParticipantID, sender.Departed)
	switch {
	case IsAbsent(err):
		return p, err
	case err == nil && s.authentic(p, sender):
		return p, nil
	case err == nil && !sender.Caller.Identity.IsPerson() && s.hasToken(p, sender):
		return p, protocol.Errorf(protocol.CodeUnauthorized, "this participant has signed in to the server: sign in again, as the same person")
	case sender.Guarded:
		return protocol.Participant{}, ErrNotParticipant
	case err != nil:
		return p, err
	}
	return p, protocol.Errorf(protocol.CodeInvalidParticipantToken, "wrong participant token")
}

// authentic reports whether the sender is p: whether it has the token or, for a verified
// person, the identity. That of a connection was checked when the connection began.
func (s *State) authentic(p protocol.Participant, sender Sender) bool {
	switch {
	case sender.Connected:
		return true
	case s.isVerified(p):
		return p.Identity == s.identityOf(sender.Caller)
	}
	return s.hasToken(p, sender)
}

// hasToken reports whether the sender has the token of p.
func (s *State) hasToken(p protocol.Participant, sender Sender) bool {
	return s.settings.Key.Verify(rules.ParticipantToken, p.ID, 1, sender.Token)
}

// isVerified reports whether the identity of p takes the place of its token. A server that
// no longer verifies identities goes on with the tokens, which all participants have.
func (s *State) isVerified(p protocol.Participant) bool {
	return p.Identity != "" && s.settings.VerifiesIdentities
}

// identityOf returns the identity of a caller who is known to be a certain person; empty for
// any other.
func (s *State) identityOf(c rules.Caller) string {
	if !c.Identity.IsPerson() {
		return ""
	}
	return s.settings.Key.IdentityID(c.Identity.Subject)
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

// Errors for wrong credentials of a guarded command. They are the same for a session that
// does not exist.
var (
	ErrNotParticipant = protocol.Errorf(protocol.CodeInvalidParticipantToken, "the participant's token is wrong, or there is no such session")
	ErrNotInvited     = protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced, or there is no such session")
)

// HideSession returns err, the error for an input of a client. If the session does not exist
// and the input is guarded, it returns the error for wrong credentials.
func HideSession(body rules.Body, err error) error {
	if !errors.Is(err, &protocol.Error{Code: protocol.CodeSessionNotFound}) {
		return err
	}
	var sender Sender
	invited := false
	switch b := body.(type) {
	case Command:
		sender = b.Sender
		_, invited = b.Request.Command.(*protocol.Join)
	case Invitation:
		sender.Guarded, invited = b.Guarded, true
	case Archive:
		sender = b.Sender
	case AttachmentAccess:
		sender = b.Sender
	case Read:
		if b.Sender != nil {
			sender = *b.Sender
		}
	}
	switch {
	case !sender.Guarded:
		return err
	case invited:
		return ErrNotInvited
	}
	return ErrNotParticipant
}

// requireInvitation is requireActive and then requireInvite. A guarded caller learns of the
// session's end only with the right invite.
func (s *State) requireInvitation(invite string, guarded bool) error {
	active, invited := s.requireActive(), s.requireInvite(invite)
	switch {
	case guarded && invited != nil:
		return ErrNotInvited
	case active != nil:
		return active
	}
	return invited
}

// requireInvite returns INVALID_INVITE_TOKEN unless the invite is the current one.
func (s *State) requireInvite(invite string) error {
	if s.settings.Key.Verify(rules.InviteToken, s.ID.String(), s.InviteGeneration, invite) {
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInviteToken, "the invite is wrong or was replaced")
}
