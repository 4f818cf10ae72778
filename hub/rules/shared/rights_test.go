package shared_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func TestShared_Rights(t *testing.T) {
	const none, pending, approved = "", protocol.EventPromptPendingApproval, protocol.EventPromptApproved
	cases := []struct {
		role    protocol.Role
		mode    protocol.Mode
		comment bool
		prompt  protocol.EventType
	}{
		{protocol.RoleHost, protocol.ModeViewOnly, true, approved},
		{protocol.RoleHost, protocol.ModeCommentOnly, true, approved},
		{protocol.RoleHost, protocol.ModePromptWithApproval, true, approved},
		{protocol.RoleHost, protocol.ModePromptDirect, true, approved},
		{protocol.RoleCollaborator, protocol.ModeViewOnly, false, none},
		{protocol.RoleCollaborator, protocol.ModeCommentOnly, true, none},
		{protocol.RoleCollaborator, protocol.ModePromptWithApproval, true, pending},
		{protocol.RoleCollaborator, protocol.ModePromptDirect, true, approved},
		{protocol.RoleViewer, protocol.ModeViewOnly, false, none},
		{protocol.RoleViewer, protocol.ModeCommentOnly, false, none},
		{protocol.RoleViewer, protocol.ModePromptWithApproval, false, none},
		{protocol.RoleViewer, protocol.ModePromptDirect, false, none},
	}
	for _, tc := range cases {
		t.Run(fmt.Sprintf("%s in %s", tc.role, tc.mode), func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			s.SetMode(tc.mode)
			p := s.Owner()
			if tc.role != protocol.RoleHost {
				p = s.Join("ben", tc.role)
			}
			for _, c := range []protocol.Command{&protocol.Chat{Text: "hello"}, &protocol.Typing{Active: true}} {
				if tc.comment {
					require.NoError(t, s.Send(p, c).Err)
				} else {
					require.Equal(t, protocol.CodeCommentNotAllowed, rulestest.ErrorCode(s.Send(p, c).Err))
				}
			}
			d := s.Send(p, &protocol.Prompt{Prompt: "do it"})
			if tc.prompt == none {
				require.Equal(t, protocol.CodePromptNotAllowed, rulestest.ErrorCode(d.Err))
				return
			}
			require.Equal(t, []protocol.EventType{tc.prompt}, rulestest.EventTypes(d))
		})
	}
}

func TestShared_only_the_host_can(t *testing.T) {
	commands := []protocol.Command{
		&protocol.Approve{ApprovalID: "none", Action: protocol.ActionApprove},
		&protocol.AnswerPermission{RequestID: "none", OptionID: "yes"},
		&protocol.SetMode{Mode: protocol.ModeViewOnly},
		&protocol.SetRole{ParticipantID: "none", Role: protocol.RoleViewer},
		&protocol.Remove{ParticipantID: "none"},
		&protocol.RotateInvite{},
		&protocol.Configure{OptionID: "model", Value: []byte(`"a"`)},
		&protocol.StopAgent{},
		&protocol.Close{},
	}
	for _, c := range commands {
		t.Run(string(c.CommandType()), func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(s.Join("ben", ""), c).Err), "not even that there is no such thing")
			require.NotEqual(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(s.Owner(), c).Err))
		})
	}
}

// The order of the checks is the original API's: session, participant, token,
// presence, right.
func TestShared_the_first_check_that_fails_answers(t *testing.T) {
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
		{"a wrong token, also of somebody who left", shared.Sender{ParticipantID: gone.ID, Token: "wrong"}, protocol.CodeInvalidParticipantToken},
		{"somebody else's token", shared.Sender{ParticipantID: viewer.ID, Token: s.Sender(gone).Token}, protocol.CodeInvalidParticipantToken},
		{"somebody who left", s.Sender(gone), protocol.CodeParticipantInactive},
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

func TestShared_a_command_that_comes_again(t *testing.T) {
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
	t.Run("from somebody else is another command", func(t *testing.T) {
		require.Len(t, s.SendWithID(s.Owner(), "same", chat).Events, 1)
	})
	t.Run("with a wrong token is told nothing", func(t *testing.T) {
		c := shared.Command{Sender: shared.Sender{ParticipantID: ben.ID, Token: "wrong"}, Request: protocol.Request{ID: "same", Command: chat}}
		require.Equal(t, protocol.CodeInvalidParticipantToken, rulestest.ErrorCode(s.Do(s.Session, c).Err))
	})
	t.Run("is answered again though it was to leave", func(t *testing.T) {
		require.Len(t, s.SendWithID(ben, "bye", &protocol.Leave{}).Events, 1)
		require.NotZero(t, s.SendWithID(ben, "bye", &protocol.Leave{}).Replay)
	})
	t.Run("is forgotten after 128 others", func(t *testing.T) {
		s.SendWithID(s.Owner(), "old", chat)
		for range shared.RememberedCommands {
			s.Send(s.Owner(), chat)
		}
		require.Len(t, s.SendWithID(s.Owner(), "old", chat).Events, 1)
	})
}

func TestShared_Create_again(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	body := &protocol.CreateSharedSession{HostSessionID: s.Host.ID.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval}
	again := s.Do(s.Session, shared.Create{Body: body, CommandID: "create"})
	require.True(t, again.Duplicate)
	require.Equal(t, s.Owner().ID, again.Answer.(*protocol.CreateAnswer).HostParticipant.ID)
	other := *body
	other.HostUserID = "eve"
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.ErrorCode(s.Do(s.Session, shared.Create{Body: &other, CommandID: "create"}).Err))
}

func TestShared_a_session_that_was_never_made_is_unknown(t *testing.T) {
	n := rulestest.NewSession(journal.SessionID{9}, journal.KindShared, rulestest.NewSettings(rules.Settings{}))
	w := &rulestest.Network{T: t, Now: time.Now(), EffectsLeft: -1}
	require.Equal(t, protocol.CodeSessionNotFound, rulestest.ErrorCode(w.Do(n, shared.Read{Kind: shared.ReadState}).Err))
}

func TestShared_a_command_after_the_end_meets_an_ended_session(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	expires := s.Now.Add(time.Minute)
	s.State.Session.ExpiresAt = &expires
	s.Now = expires
	d := s.Send(s.Owner(), &protocol.Chat{Text: "too late"})
	require.Equal(t, protocol.CodeSessionInactive, rulestest.ErrorCode(d.Err))
	require.Equal(t, protocol.StatusExpired, s.State.Session.Status)
}
