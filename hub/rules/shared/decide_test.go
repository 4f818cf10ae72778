package shared_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/hub/rules/shared/commands"
	"parley/protocol"
)

func TestState_commands_of_the_host_alone(t *testing.T) {
	commands := []protocol.Command{
		&protocol.Approve{ApprovalID: "none", Action: protocol.ActionApprove},
		&protocol.AnswerPermission{RequestID: "none", OptionID: "yes"},
		&protocol.SetMode{Mode: protocol.ModeViewOnly},
		&protocol.SetRole{ParticipantID: "none", Role: protocol.RoleViewer},
		&protocol.Remove{ParticipantID: "none"},
		&protocol.RotateInvite{},
		&protocol.Configure{OptionID: "model", Value: []byte(`"a"`)},
		&protocol.MovePrompt{ApprovalID: "none"},
		&protocol.StopAgent{},
		&protocol.Close{},
	}
	for _, c := range commands {
		t.Run(string(c.CommandType()), func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(s.Join("ben", ""), c).Err), "whether or not the target exists")
			require.NotEqual(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(s.Owner(), c).Err))
		})
	}
}

// The order of the checks is that of the original API: session, participant, token,
// presence, right.
func TestState_returns_the_error_of_the_first_check(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	gone := s.Join("gone", protocol.RoleViewer)
	require.NoError(t, s.Send(gone, &protocol.Leave{}).Err)
	viewer := s.Join("vic", protocol.RoleViewer)
	cases := []struct {
		name string
		who  shared.Sender
		code protocol.Code
	}{
		{"an unknown participant", shared.Sender{ParticipantID: "nobody", Token: "wrong"}, protocol.CodeParticipantNotFound},
		{"a wrong token of a participant who has left", shared.Sender{ParticipantID: gone.ID, Token: "wrong"}, protocol.CodeInvalidParticipantToken},
		{"the token of another participant", shared.Sender{ParticipantID: viewer.ID, Token: s.Sender(gone).Token}, protocol.CodeInvalidParticipantToken},
		{"a participant who has left", s.Sender(gone), protocol.CodeParticipantInactive},
		{"no right", s.Sender(viewer), protocol.CodeCommentNotAllowed},
	}
	chat := func(who shared.Sender) rules.Decision {
		return s.Do(s.Session, shared.Command{Sender: who, Request: protocol.Request{Command: &protocol.Chat{Text: "hello"}}})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.code, rulestest.ErrorCode(chat(tc.who).Err)) })
	}
	require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
	for _, tc := range cases {
		t.Run(tc.name+" in a closed session", func(t *testing.T) {
			require.Equal(t, protocol.CodeSessionInactive, rulestest.ErrorCode(chat(tc.who).Err))
		})
	}
}

func TestState_a_repeated_command(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	chat := &protocol.Chat{Text: "hello"}
	first := s.SendWithID(ben, "same", chat)
	require.Len(t, first.Events, 1)
	t.Run("is answered from its event", func(t *testing.T) {
		again := s.SendWithID(ben, "same", chat)
		require.Empty(t, again.Events)
		require.Equal(t, journal.Seq(len(s.Session.Journal)), again.Replay)
	})
	t.Run("with another payload is refused", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.SendWithID(ben, "same", &protocol.Chat{Text: "other"}).Err))
	})
	t.Run("of another participant is a new command", func(t *testing.T) {
		require.Len(t, s.SendWithID(s.Owner(), "same", chat).Events, 1)
	})
	t.Run("with a wrong token is refused", func(t *testing.T) {
		c := shared.Command{Sender: shared.Sender{ParticipantID: ben.ID, Token: "wrong"}, Request: protocol.Request{ID: "same", Command: chat}}
		require.Equal(t, protocol.CodeInvalidParticipantToken, rulestest.ErrorCode(s.Do(s.Session, c).Err))
	})
	t.Run("is answered although its sender has left by it", func(t *testing.T) {
		require.Len(t, s.SendWithID(ben, "bye", &protocol.Leave{}).Events, 1)
		require.NotZero(t, s.SendWithID(ben, "bye", &protocol.Leave{}).Replay)
	})
	t.Run("is a new command after 128 others", func(t *testing.T) {
		s.SendWithID(s.Owner(), "old", chat)
		for range commands.MaxRecent {
			s.Send(s.Owner(), chat)
		}
		require.Len(t, s.SendWithID(s.Owner(), "old", chat).Events, 1)
	})
}

func TestState_a_session_that_was_not_created_is_not_found(t *testing.T) {
	n := rulestest.NewSession(journal.SessionID{9}, journal.KindShared, rulestest.NewSettings(rules.Settings{}))
	w := &rulestest.Network{T: t, Now: time.Now(), EffectsLeft: -1}
	require.Equal(t, protocol.CodeSessionNotFound, rulestest.ErrorCode(w.Do(n, shared.Read{Kind: shared.ReadState}).Err))
}

func TestState_a_command_after_the_expiry_finds_an_expired_session(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	expires := s.Now.Add(time.Minute)
	s.State.Session.ExpiresAt = &expires
	s.Now = expires
	d := s.Send(s.Owner(), &protocol.Chat{Text: "too late"})
	require.Equal(t, protocol.CodeSessionInactive, rulestest.ErrorCode(d.Err))
	require.Equal(t, protocol.StatusExpired, s.State.Session.Status)
}
