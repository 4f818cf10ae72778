package shared_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestState_Join(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{MaxParticipants: 3})
	ben := s.Join("ben", "")
	t.Run("without a role makes a collaborator", func(t *testing.T) { require.Equal(t, protocol.RoleCollaborator, ben.Role) })
	t.Run("never makes a host", func(t *testing.T) {
		eve := s.Join("eve", protocol.RoleHost)
		require.Equal(t, protocol.RoleCollaborator, eve.Role)
	})
	t.Run("is refused in a full session", func(t *testing.T) {
		require.Equal(t, protocol.CodeTooManyParticipants, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "fay"}).Err))
	})
	t.Run("is possible after a participant has left", func(t *testing.T) {
		eve, _ := s.State.People.PresentBy("eve")
		require.NoError(t, s.Send(eve, &protocol.Leave{}).Err)
		s.Join("fay", "")
	})
	t.Run("requires the invite", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "ben", InviteToken: "wrong"}).Err))
	})
	t.Run("requires the new invite after a rotation, which removes no participant", func(t *testing.T) {
		old := s.InviteToken()
		require.NoError(t, s.Send(s.Owner(), &protocol.RotateInvite{}).Err)
		require.Equal(t, protocol.CodeInvalidInviteToken, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "gus", InviteToken: old}).Err))
		require.NoError(t, s.Send(ben, &protocol.Chat{Text: "still here"}).Err)
	})
	t.Run("requires an active session", func(t *testing.T) {
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		require.Equal(t, protocol.CodeSessionInactive, rulestest.ErrorCode(s.TryJoin(&protocol.Join{UserID: "ben", InviteToken: "wrong"}).Err))
	})
}

// The original API returns a present participant, with the access token, to any join
// with the same user id.
func TestState_Join_with_the_user_id_of_a_present_participant(t *testing.T) {
	for _, row := range []struct {
		first, second shared.JoinAPI
		returned      bool
	}{
		{shared.JoinTyped, shared.JoinTyped, false},
		{shared.JoinTyped, shared.JoinOriginal, false},
		{shared.JoinTyped, shared.JoinOriginalReturning, false}, // clients of the typed protocol keep their token
		{shared.JoinOriginal, shared.JoinTyped, false},
		{shared.JoinOriginal, shared.JoinOriginal, false},
		{shared.JoinOriginal, shared.JoinOriginalReturning, true},
		{shared.JoinOriginalReturning, shared.JoinOriginalReturning, true},
	} {
		s := rulestest.NewFixture(t, rules.Settings{})
		join := func(way shared.JoinAPI, user, token string) rules.Decision {
			c := &protocol.Join{InviteToken: s.InviteToken(), UserID: user, ParticipantToken: token}
			return s.Do(s.Session, shared.Command{Request: protocol.Request{Command: c}, JoinAPI: way})
		}
		require.NoError(t, join(row.first, "ben", "").Err)
		s.Session.Reload(t, s.Now)
		s.State = s.Session.SharedState()
		ben, _ := s.State.People.PresentBy("ben")
		own := s.Sender(ben).Token
		back := func(user, token string) rules.Decision {
			return join(row.second, user, token)
		}
		t.Run("returns the participant for its token", func(t *testing.T) {
			require.Equal(t, shared.WelcomeFor{Participant: ben.ID, Token: true}, back("ben", own).Answer)
		})
		t.Run("without the token", func(t *testing.T) {
			if row.returned {
				require.Equal(t, shared.WelcomeFor{Participant: ben.ID, Token: true}, back("ben", "").Answer)
			} else {
				require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(back("ben", "").Err))
			}
		})
		t.Run("never returns the host without the host's token", func(t *testing.T) {
			require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(back("ada", own).Err))
			require.Equal(t, shared.WelcomeFor{Participant: s.Owner().ID, Token: true}, back("ada", s.Sender(s.Owner()).Token).Answer)
		})
	}
}

func TestState_a_host_who_has_left(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
	token := s.Sender(s.Owner()).Token
	require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(s.Send(s.Owner(), &protocol.Close{}).Err))
	t.Run("does not return by an event stream", func(t *testing.T) {
		resume := &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: token}
		d := s.Do(s.Session, shared.Command{Request: protocol.Request{Command: resume}, EventsOnly: true})
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(d.Err))
	})
	t.Run("returns by resume", func(t *testing.T) {
		s.Now = s.Now.Add(time.Minute)
		d := s.Do(s.Session, shared.Command{Request: protocol.Request{Command: &protocol.Resume{ParticipantID: s.Owner().ID, ParticipantToken: token}}})
		require.Equal(t, []protocol.EventType{protocol.EventParticipantJoined}, rulestest.EventTypes(d))
		require.Equal(t, s.Now, s.Owner().JoinedAt)
		require.NoError(t, s.Send(s.Owner(), &protocol.SetMode{Mode: protocol.ModeViewOnly}).Err)
	})
	t.Run("returns by join, also after a guest with the same user id was removed", func(t *testing.T) {
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		impostor := s.Join("ada", "")
		require.NotEqual(t, s.Owner().ID, impostor.ID)
		require.Equal(t, protocol.RoleCollaborator, impostor.Role)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).Err)
		require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: impostor.ID}).Err)
		require.NoError(t, s.Send(s.Owner(), &protocol.Leave{}).Err)
		require.NoError(t, s.TryJoin(&protocol.Join{UserID: "ada", ParticipantToken: token}).Err)
	})
}

func TestState_a_connection_has_one_participant(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	join := &protocol.Join{InviteToken: s.InviteToken(), UserID: "ben"}
	c := shared.Command{Sender: shared.Sender{ParticipantID: s.Owner().ID, Connected: true}, Request: protocol.Request{Command: join}}
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Do(s.Session, c).Err))
}

func TestState_a_repeated_join(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	join := func(user, id string) rules.Decision {
		c := &protocol.Join{UserID: user, InviteToken: s.InviteToken()}
		return s.Do(s.Session, shared.Command{Request: protocol.Request{ID: id, Command: c}})
	}
	require.NoError(t, join("ben", "1").Err)
	ben, _ := s.State.People.PresentBy("ben")
	t.Run("returns the same participant", func(t *testing.T) {
		again := join("ben", "1")
		require.True(t, again.Duplicate)
		require.Empty(t, again.Events)
		require.Equal(t, ben.ID, again.Answer.(shared.WelcomeFor).Participant)
	})
	t.Run("of another user is a new join", func(t *testing.T) {
		require.NoError(t, join("cem", "1").Err)
		_, here := s.State.People.PresentBy("cem")
		require.True(t, here)
	})
	t.Run("of a guest who has left since is refused", func(t *testing.T) {
		cem, _ := s.State.People.PresentBy("cem")
		require.NoError(t, s.Send(cem, &protocol.Leave{}).Err)
		again := join("cem", "1")
		require.Equal(t, protocol.CodeParticipantInactive, rulestest.ErrorCode(again.Err))
		require.Nil(t, again.Answer)
	})
	t.Run("is a new join after the invite was replaced", func(t *testing.T) {
		require.NoError(t, s.Send(s.Owner(), &protocol.RotateInvite{}).Err)
		require.Equal(t, protocol.CodeUserAlreadyJoined, rulestest.ErrorCode(join("ben", "1").Err))
	})
}
