package shared_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// verifying is a session of a server that verifies who people are.
type verifying struct{ *rulestest.Fixture }

func newVerifying(t *testing.T) verifying {
	return verifying{rulestest.NewFixture(t, rules.Settings{VerifiesIdentities: true})}
}

func person(subject, userID string) rules.Caller {
	return rules.Caller{Identity: rules.Identity{Subject: subject, UserID: userID, Name: "Name of " + subject}}
}

var (
	ann    = person("https://id.example\x00ann", "ann@example.com")
	nobody rules.Caller
)

// join joins as a caller who says that the user id is another.
func (s verifying) join(by rules.Caller, c protocol.Join) (protocol.Participant, error) {
	if c.InviteToken == "" {
		c.InviteToken = s.InviteToken()
	}
	request := protocol.Request{ID: "join-" + by.Identity.Subject + c.UserID, Command: &c}
	d := s.Do(s.Session, shared.Command{Sender: shared.Sender{Caller: by}, Request: request})
	if d.Err != nil {
		return protocol.Participant{}, d.Err
	}
	p, _ := s.State.People.Get(d.Answer.(shared.WelcomeFor).Participant)
	return p, nil
}

// send sends a command as a participant, with the token unless the caller is somebody.
func (s verifying) send(by rules.Caller, p protocol.Participant, token string, c protocol.Command) error {
	sender := shared.Sender{ParticipantID: p.ID, Token: token, Caller: by}
	return s.Do(s.Session, shared.Command{Sender: sender, Request: protocol.Request{Command: c}}).Err
}

func (s verifying) token(p protocol.Participant) string { return s.Sender(p).Token }

func TestState_Join_of_a_verified_person(t *testing.T) {
	s := newVerifying(t)
	p, err := s.join(ann, protocol.Join{UserID: "somebody-else", DisplayName: new("Somebody Else")})
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", p.UserID, "what the body says is ignored")
	require.Equal(t, ann.Identity.Name, *p.DisplayName)
	require.True(t, p.Verified)
	require.NotContains(t, p.Identity, "ann", "it tells nothing about the subject")

	t.Run("returns the same participant, whatever the invite and the user id are", func(t *testing.T) {
		renamed := person(ann.Identity.Subject, "married@example.com")
		again, err := s.join(renamed, protocol.Join{UserID: "x", InviteToken: "wrong"})
		require.NoError(t, err)
		require.Equal(t, p.ID, again.ID)
	})
	t.Run("needs the invite for a new participant", func(t *testing.T) {
		_, err := s.join(person("ben", "ben@example.com"), protocol.Join{UserID: "x", InviteToken: "wrong"})
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(err))
	})
	t.Run("keeps others from the user id", func(t *testing.T) {
		_, err := s.join(nobody, protocol.Join{UserID: "ann@example.com"})
		require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(err))
		_, err = s.join(nobody, protocol.Join{UserID: "ann@example.com", ParticipantToken: s.token(p)})
		require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(err))
	})
	t.Run("is possible beside somebody who says to be that person", func(t *testing.T) {
		impostor, err := s.join(nobody, protocol.Join{UserID: "dan@example.com"})
		require.NoError(t, err)
		dan, err := s.join(person("dan", "dan@example.com"), protocol.Join{})
		require.NoError(t, err)
		require.NotEqual(t, impostor.ID, dan.ID)
		require.False(t, impostor.Verified)
	})
	t.Run("is not a repetition of somebody else's join", func(t *testing.T) {
		eve, err := s.join(person("eve", "shared@example.com"), protocol.Join{UserID: "id"})
		require.NoError(t, err)
		other := shared.Command{Request: protocol.Request{ID: "join-eveid", Command: &protocol.Join{UserID: "id", InviteToken: s.InviteToken()}}}
		d := s.Do(s.Session, other)
		require.NoError(t, d.Err)
		require.NotEqual(t, eve.ID, d.Answer.(shared.WelcomeFor).Participant)
	})
}

func TestState_the_identity_takes_the_place_of_the_token(t *testing.T) {
	s := newVerifying(t)
	p, err := s.join(ann, protocol.Join{})
	require.NoError(t, err)
	guest := s.Join("gus", "")
	chat := &protocol.Chat{Text: "hello"}
	require.NoError(t, s.send(ann, p, "", chat))
	require.NoError(t, s.send(ann, p, "wrong", chat))
	require.Equal(t, protocol.CodeUnauthorized, rulestest.ErrorCode(s.send(nobody, p, s.token(p), chat)))
	require.Equal(t, protocol.CodeInvalidParticipantToken, rulestest.ErrorCode(s.send(person("ben", "ann@example.com"), p, s.token(p), chat)))
	key := rules.Caller{Identity: rules.Identity{Subject: ann.Identity.Subject, Operator: true}}
	require.Equal(t, protocol.CodeUnauthorized, rulestest.ErrorCode(s.send(key, p, s.token(p), chat)), "a key is not a person")
	require.Equal(t, protocol.CodeInvalidParticipantToken, rulestest.ErrorCode(s.send(ann, guest, "", chat)), "and only for one's own")
	require.NoError(t, s.send(ann, guest, s.token(guest), chat), "a guest has the token")

	t.Run("also to resume and after leaving", func(t *testing.T) {
		resume := func(by rules.Caller, token string, readOnly bool) error {
			c := &protocol.Resume{ParticipantID: p.ID, ParticipantToken: token, ReadOnly: readOnly}
			sender := shared.Sender{Caller: by}
			if readOnly {
				sender = sender.WithDeparted(p.ID, s.Session.Participant(t, p.ID))
			}
			return s.Do(s.Session, shared.Command{Sender: sender, Request: protocol.Request{Command: c}}).Err
		}
		require.NoError(t, resume(ann, "", false))
		require.Equal(t, protocol.CodeUnauthorized, rulestest.ErrorCode(resume(nobody, s.token(p), false)))
		require.NoError(t, s.send(ann, p, "", &protocol.Leave{}))
		require.NoError(t, resume(ann, "", true))
		require.Equal(t, protocol.CodeUnauthorized, rulestest.ErrorCode(resume(nobody, s.token(p), true)))
	})
	t.Run("but not on a server that no longer verifies", func(t *testing.T) {
		s.Session.Settings.VerifiesIdentities = false
		defer func() { s.Session.Settings.VerifiesIdentities = true }()
		ben, err := s.join(person("ben", "ben@example.com"), protocol.Join{})
		require.NoError(t, err)
		require.NoError(t, s.send(nobody, ben, s.token(ben), chat))
		require.Error(t, s.send(nobody, ben, "", chat))
	})
}

func TestState_removal_holds_for_a_person(t *testing.T) {
	s := newVerifying(t)
	p, err := s.join(ann, protocol.Join{})
	require.NoError(t, err)
	require.NoError(t, s.send(nobody, s.Owner(), s.token(s.Owner()), &protocol.Remove{ParticipantID: p.ID, KeepInvite: true}))
	for about, by := range map[string]rules.Caller{
		"the same person":                       ann,
		"the same person under another user id": person(ann.Identity.Subject, "new@example.com"),
	} {
		_, err := s.join(by, protocol.Join{UserID: "free"})
		require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(err), about)
	}
	_, err = s.join(nobody, protocol.Join{UserID: "ann@example.com"})
	require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(err), "the user id without a proof")
	_, err = s.join(person("https://id.example\x00another", "ann@example.com"), protocol.Join{})
	require.NoError(t, err, "another person who has got the same address since")

	s.Session.SaveSnapshot(t)
	s.Crash()
	s.State = s.Session.SharedState()
	_, err = s.join(ann, protocol.Join{UserID: "later"})
	require.Equal(t, protocol.CodeParticipantRemoved, rulestest.ErrorCode(err), "after a restart")
}

// A guest who uses the user id of a person is not that person: removing one leaves the other.
func TestState_removal_of_a_guest_leaves_the_person_whose_user_id_the_guest_uses(t *testing.T) {
	s := newVerifying(t)
	impostor, err := s.join(nobody, protocol.Join{UserID: "ann@example.com"})
	require.NoError(t, err)
	p, err := s.join(ann, protocol.Join{})
	require.NoError(t, err)
	require.NoError(t, s.send(nobody, s.Owner(), s.token(s.Owner()), &protocol.Remove{ParticipantID: impostor.ID, KeepInvite: true}))
	require.NoError(t, s.send(ann, p, "", &protocol.Chat{Text: "still here"}))
}

func TestState_a_lower_role_holds_for_a_person(t *testing.T) {
	s := newVerifying(t)
	p, err := s.join(ann, protocol.Join{})
	require.NoError(t, err)
	require.NoError(t, s.send(nobody, s.Owner(), s.token(s.Owner()), &protocol.SetRole{ParticipantID: p.ID, Role: protocol.RoleViewer}))
	require.NoError(t, s.send(ann, p, "", &protocol.Leave{}))
	again, err := s.join(person(ann.Identity.Subject, "new@example.com"), protocol.Join{UserID: "x", Role: protocol.RoleCollaborator})
	require.NoError(t, err)
	require.NotEqual(t, p.ID, again.ID)
	require.Equal(t, protocol.RoleViewer, again.Role)
}
