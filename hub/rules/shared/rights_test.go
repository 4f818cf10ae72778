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
			s := rulestest.NewStage(t, rules.Settings{})
			s.Mode(tc.mode)
			p := s.Owner()
			if tc.role != protocol.RoleHost {
				p = s.Joins("ben", tc.role)
			}
			for _, c := range []protocol.Command{&protocol.Chat{Text: "hello"}, &protocol.Typing{Active: true}} {
				if tc.comment {
					require.NoError(t, s.By(p, c).Err)
				} else {
					require.Equal(t, protocol.CodeCommentNotAllowed, rulestest.CodeOf(s.By(p, c).Err))
				}
			}
			d := s.By(p, &protocol.Prompt{Prompt: "do it"})
			if tc.prompt == none {
				require.Equal(t, protocol.CodePromptNotAllowed, rulestest.CodeOf(d.Err))
				return
			}
			require.Equal(t, []protocol.EventType{tc.prompt}, rulestest.Types(d))
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
		&protocol.StopAgent{},
		&protocol.Close{},
	}
	for _, c := range commands {
		t.Run(string(c.CommandType()), func(t *testing.T) {
			s := rulestest.NewStage(t, rules.Settings{})
			require.Equal(t, protocol.CodeHostRequired, rulestest.CodeOf(s.By(s.Joins("ben", ""), c).Err), "not even that there is no such thing")
			require.NotEqual(t, protocol.CodeHostRequired, rulestest.CodeOf(s.By(s.Owner(), c).Err))
		})
	}
}

// The order of the checks is the original API's: session, participant, token,
// presence, right.
func TestShared_the_first_check_that_fails_answers(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	gone := s.Joins("gone", protocol.RoleViewer)
	require.NoError(t, s.By(gone, &protocol.Leave{}).Err)
	viewer := s.Joins("vic", protocol.RoleViewer)
	cases := []struct {
		name string
		who  shared.Sender
		code protocol.Code
	}{
		{"an unknown participant", shared.Sender{ParticipantID: "nobody", Token: "wrong"}, protocol.CodeParticipantNotFound},
		{"a wrong token, also of somebody who left", shared.Sender{ParticipantID: gone.ID, Token: "wrong"}, protocol.CodeInvalidParticipantToken},
		{"somebody else's token", shared.Sender{ParticipantID: viewer.ID, Token: s.Credentials(gone).Token}, protocol.CodeInvalidParticipantToken},
		{"somebody who left", s.Credentials(gone), protocol.CodeParticipantInactive},
		{"no right", s.Credentials(viewer), protocol.CodeCommentNotAllowed},
	}
	chat := func(who shared.Sender) rules.Decision {
		return s.Do(s.Node, shared.Command{Who: who, Request: protocol.Request{Command: &protocol.Chat{Text: "hello"}}})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.code, rulestest.CodeOf(chat(tc.who).Err)) })
	}
	require.NoError(t, s.By(s.Owner(), &protocol.Close{}).Err)
	for _, tc := range cases {
		t.Run(tc.name+" in a closed session", func(t *testing.T) {
			require.Equal(t, protocol.CodeSessionInactive, rulestest.CodeOf(chat(tc.who).Err))
		})
	}
}

func TestShared_a_command_that_comes_again(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	ben := s.Joins("ben", "")
	chat := &protocol.Chat{Text: "hello"}
	first := s.ByID(ben, "same", chat)
	require.Len(t, first.Events, 1)
	t.Run("is answered from its event", func(t *testing.T) {
		again := s.ByID(ben, "same", chat)
		require.Empty(t, again.Events)
		require.Equal(t, journal.Seq(len(s.Node.Journal)), again.Replay)
	})
	t.Run("with another payload is refused", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, rulestest.CodeOf(s.ByID(ben, "same", &protocol.Chat{Text: "other"}).Err))
	})
	t.Run("from somebody else is another command", func(t *testing.T) {
		require.Len(t, s.ByID(s.Owner(), "same", chat).Events, 1)
	})
	t.Run("with a wrong token is told nothing", func(t *testing.T) {
		c := shared.Command{Who: shared.Sender{ParticipantID: ben.ID, Token: "wrong"}, Request: protocol.Request{ID: "same", Command: chat}}
		require.Equal(t, protocol.CodeInvalidParticipantToken, rulestest.CodeOf(s.Do(s.Node, c).Err))
	})
	t.Run("is answered again though it was to leave", func(t *testing.T) {
		require.Len(t, s.ByID(ben, "bye", &protocol.Leave{}).Events, 1)
		require.NotZero(t, s.ByID(ben, "bye", &protocol.Leave{}).Replay)
	})
	t.Run("is forgotten after 128 others", func(t *testing.T) {
		s.ByID(s.Owner(), "old", chat)
		for range shared.RememberedCommands {
			s.By(s.Owner(), chat)
		}
		require.Len(t, s.ByID(s.Owner(), "old", chat).Events, 1)
	})
}

func TestShared_Create_again(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	body := &protocol.CreateSharedSession{HostSessionID: s.Host.ID.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval}
	again := s.Do(s.Node, shared.Create{Body: body, CommandID: "create"})
	require.True(t, again.Duplicate)
	require.Equal(t, s.Owner().ID, again.Answer.(*protocol.CreateAnswer).HostParticipant.ID)
	other := *body
	other.HostUserID = "eve"
	require.Equal(t, protocol.CodeInvalidRequest, rulestest.CodeOf(s.Do(s.Node, shared.Create{Body: &other, CommandID: "create"}).Err))
}

func TestShared_a_session_that_was_never_made_is_unknown(t *testing.T) {
	n := rulestest.NewNode(journal.SessionID{9}, journal.KindShared, rulestest.NewSettings(rules.Settings{}))
	w := &rulestest.World{T: t, Now: time.Now(), Budget: -1}
	require.Equal(t, protocol.CodeSessionNotFound, rulestest.CodeOf(w.Do(n, shared.Read{What: shared.ReadState}).Err))
}

func TestShared_a_command_after_the_end_meets_an_ended_session(t *testing.T) {
	s := rulestest.NewStage(t, rules.Settings{})
	expires := s.Now.Add(time.Minute)
	s.State.Session.ExpiresAt = &expires
	s.Now = expires
	d := s.By(s.Owner(), &protocol.Chat{Text: "too late"})
	require.Equal(t, protocol.CodeSessionInactive, rulestest.CodeOf(d.Err))
	require.Equal(t, protocol.StatusExpired, s.State.Session.Status)
}
