package shared_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/protocol"
)

func TestState_Close_is_one_commit_that_ends_with_session_closed(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	running := s.RunPrompt()
	queued := s.Prompt(s.Owner())
	pending := s.Prompt(ben)
	d := s.Send(s.Owner(), &protocol.Close{})
	require.Equal(t, []protocol.EventType{
		protocol.EventPromptDispatchFailed, protocol.EventPromptDispatchFailed, protocol.EventSessionClosed,
	}, rulestest.EventTypes(d))
	require.Equal(t, protocol.ApprovalFailed, s.Approval(running).Status)
	require.Equal(t, protocol.ApprovalFailed, s.Approval(queued).Status)
	require.Equal(t, protocol.ApprovalPending, s.Approval(pending).Status)
	for _, p := range s.State.People.All() {
		require.NotNil(t, p.LeftAt)
	}
	s.DeliverAll()
	require.Equal(t, "the session was closed", s.HostState().Running.Cancelling)
	require.Empty(t, s.HostState().Queue)
	s.AgentReports(rules.Notifications{[]byte(`{}`)})
	s.DeliverAll()
	require.Equal(t, string(protocol.EventSessionClosed), s.Session.Journal[len(s.Session.Journal)-1].Type)
}

func TestState_rights(t *testing.T) {
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
