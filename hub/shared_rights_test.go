package hub

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
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
			s := newStage(t, settings{})
			s.mode(tc.mode)
			p := s.owner()
			if tc.role != protocol.RoleHost {
				p = s.joins("ben", tc.role)
			}
			for _, c := range []protocol.Command{&protocol.Chat{Text: "hello"}, &protocol.Typing{Active: true}} {
				if tc.comment {
					require.NoError(t, s.by(p, c).err)
				} else {
					require.Equal(t, protocol.CodeCommentNotAllowed, codeOf(s.by(p, c).err))
				}
			}
			d := s.by(p, &protocol.Prompt{Prompt: "do it"})
			if tc.prompt == none {
				require.Equal(t, protocol.CodePromptNotAllowed, codeOf(d.err))
				return
			}
			require.Equal(t, []protocol.EventType{tc.prompt}, types(d))
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
			s := newStage(t, settings{})
			require.Equal(t, protocol.CodeHostRequired, codeOf(s.by(s.joins("ben", ""), c).err), "not even that there is no such thing")
			require.NotEqual(t, protocol.CodeHostRequired, codeOf(s.by(s.owner(), c).err))
		})
	}
}

// The order of the checks is the original API's: session, participant, token,
// presence, right.
func TestShared_the_first_check_that_fails_answers(t *testing.T) {
	s := newStage(t, settings{})
	gone := s.joins("gone", protocol.RoleViewer)
	require.NoError(t, s.by(gone, &protocol.Leave{}).err)
	viewer := s.joins("vic", protocol.RoleViewer)
	cases := []struct {
		name string
		who  sender
		code protocol.Code
	}{
		{"an unknown participant", sender{ParticipantID: "nobody", Token: "wrong"}, protocol.CodeParticipantNotFound},
		{"a wrong token, also of somebody who left", sender{ParticipantID: gone.ID, Token: "wrong"}, protocol.CodeInvalidParticipantToken},
		{"somebody else's token", sender{ParticipantID: viewer.ID, Token: s.credentials(gone).Token}, protocol.CodeInvalidParticipantToken},
		{"somebody who left", s.credentials(gone), protocol.CodeParticipantInactive},
		{"no right", s.credentials(viewer), protocol.CodeCommentNotAllowed},
	}
	chat := func(who sender) decision {
		return s.do(s.n, command{who: who, request: protocol.Request{Command: &protocol.Chat{Text: "hello"}}})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.code, codeOf(chat(tc.who).err)) })
	}
	require.NoError(t, s.by(s.owner(), &protocol.Close{}).err)
	for _, tc := range cases {
		t.Run(tc.name+" in a closed session", func(t *testing.T) {
			require.Equal(t, protocol.CodeSessionInactive, codeOf(chat(tc.who).err))
		})
	}
}

func TestShared_a_command_that_comes_again(t *testing.T) {
	s := newStage(t, settings{})
	ben := s.joins("ben", "")
	chat := &protocol.Chat{Text: "hello"}
	first := s.byID(ben, "same", chat)
	require.Len(t, first.events, 1)
	t.Run("is answered from its event", func(t *testing.T) {
		again := s.byID(ben, "same", chat)
		require.Empty(t, again.events)
		require.Equal(t, journal.Seq(len(s.n.log)), again.replay)
	})
	t.Run("with another payload is refused", func(t *testing.T) {
		require.Equal(t, protocol.CodeInvalidRequest, codeOf(s.byID(ben, "same", &protocol.Chat{Text: "other"}).err))
	})
	t.Run("from somebody else is another command", func(t *testing.T) {
		require.Len(t, s.byID(s.owner(), "same", chat).events, 1)
	})
	t.Run("with a wrong token is told nothing", func(t *testing.T) {
		c := command{who: sender{ParticipantID: ben.ID, Token: "wrong"}, request: protocol.Request{ID: "same", Command: chat}}
		require.Equal(t, protocol.CodeInvalidParticipantToken, codeOf(s.do(s.n, c).err))
	})
	t.Run("is answered again though it was to leave", func(t *testing.T) {
		require.Len(t, s.byID(ben, "bye", &protocol.Leave{}).events, 1)
		require.NotZero(t, s.byID(ben, "bye", &protocol.Leave{}).replay)
	})
	t.Run("is forgotten after 128 others", func(t *testing.T) {
		s.byID(s.owner(), "old", chat)
		for range rememberedCommands {
			s.by(s.owner(), chat)
		}
		require.Len(t, s.byID(s.owner(), "old", chat).events, 1)
	})
}

func TestShared_Create_again(t *testing.T) {
	s := newStage(t, settings{})
	body := &protocol.CreateSharedSession{HostSessionID: s.host.id.String(), HostUserID: "ada", Mode: protocol.ModePromptWithApproval}
	again := s.do(s.n, createShared{body: body, commandID: "create"})
	require.True(t, again.duplicate)
	require.Equal(t, s.owner().ID, again.answer.(*protocol.CreateAnswer).HostParticipant.ID)
	other := *body
	other.HostUserID = "eve"
	require.Equal(t, protocol.CodeInvalidRequest, codeOf(s.do(s.n, createShared{body: &other, commandID: "create"}).err))
}

func TestShared_a_session_that_was_never_made_is_unknown(t *testing.T) {
	n := newNode(journal.SessionID{9}, journal.KindShared, testSettings(settings{}))
	w := &world{t: t, now: time.Now(), budget: -1}
	require.Equal(t, protocol.CodeSessionNotFound, codeOf(w.do(n, read{what: readState}).err))
}

func TestShared_a_command_after_the_end_meets_an_ended_session(t *testing.T) {
	s := newStage(t, settings{})
	expires := s.now.Add(time.Minute)
	s.state.Session.ExpiresAt = &expires
	s.now = expires
	d := s.by(s.owner(), &protocol.Chat{Text: "too late"})
	require.Equal(t, protocol.CodeSessionInactive, codeOf(d.err))
	require.Equal(t, protocol.StatusExpired, s.state.Session.Status)
}
