package web_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_Approvals(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	other := w.shareOn(s.Agent, protocol.ModePromptWithApproval)
	foreign := other.prompt(other.join("gil", protocol.RoleCollaborator), "there")
	resolve := func(t *testing.T, who person, id string, action any) reply {
		return w.in(t).call("POST", s.path("/approvals/"+id), who.with(object{"action": action}))
	}
	t.Run("can be resolved only by the host", func(t *testing.T) {
		resolve(t, gil, "unknown", "approve").fails(protocol.CodeHostRequired)
	})
	t.Run("must exist", func(t *testing.T) {
		resolve(t, s.Host, "unknown", "approve").fails(protocol.CodeApprovalNotFound)
		resolve(t, s.Host, uuid.NewString(), "reject").fails(protocol.CodeApprovalNotFound)
		resolve(t, s.Host, foreign.ID, "reject").fails(protocol.CodeApprovalNotFound)
	})
	for action, status := range map[string]string{"approve": "approved", "reject": "rejected"} {
		t.Run(action, func(t *testing.T) {
			id := s.prompt(gil, "help").ID
			answer := members(t, resolve(t, s.Host, id, action).object(http.StatusOK), "approval")
			a := members(t, answer["approval"], approvalMembers...)
			require.Equal(t, id, a["id"])
			require.Equal(t, status, a["status"])
			require.Equal(t, gil.ID, a["participantId"])
			require.Equal(t, s.Host.ID, a["resolvedByParticipantId"])
			isTime(t, a["resolvedAt"])
			for _, again := range []string{"approve", "reject"} {
				resolve(t, s.Host, id, again).fails(protocol.CodeApprovalAlreadyResolved)
			}
			resolve(t, s.Host, id, "cancel").fails(protocol.CodeInvalidAction)
		})
	}
}

func TestContract_Close(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	w.call("DELETE", s.path(""), gil.with(nil)).fails(protocol.CodeHostRequired)
	w.call("DELETE", s.path("?"+gil.query()), nil).fails(protocol.CodeHostRequired)
	answer := members(t, w.call("DELETE", s.path(""), s.Host.with(nil)).object(http.StatusOK), "closed", "session")
	require.Equal(t, true, answer["closed"])
	session := members(t, answer["session"], sessionMembers...)
	require.Equal(t, "closed", session["status"])
	require.Nil(t, session["inviteToken"])
	w.call("DELETE", s.path(""), s.Host.with(nil)).fails(protocol.CodeSessionInactive)

	again := w.shareOn(s.Agent, protocol.ModeViewOnly)
	w.call("DELETE", again.path("?"+again.Host.query()), nil).ok(http.StatusOK, nil)
	third := w.shareOn(s.Agent, protocol.ModeViewOnly)
	w.call("DELETE", third.path(""), nil, third.Host.headers()...).ok(http.StatusOK, nil)
}

// TestContract_Rights tries every role in every mode.
func TestContract_Rights(t *testing.T) {
	w := newWorld(t)
	agentID := w.startAgent()
	const refused, pending, approved = "refused", "pending", "approved"
	rows := []struct {
		mode    protocol.Mode
		role    protocol.Role
		comment bool
		prompt  string
	}{
		{protocol.ModeViewOnly, protocol.RoleHost, true, approved},
		{protocol.ModeViewOnly, protocol.RoleCollaborator, false, refused},
		{protocol.ModeViewOnly, protocol.RoleViewer, false, refused},
		{protocol.ModeCommentOnly, protocol.RoleHost, true, approved},
		{protocol.ModeCommentOnly, protocol.RoleCollaborator, true, refused},
		{protocol.ModeCommentOnly, protocol.RoleViewer, false, refused},
		{protocol.ModePromptWithApproval, protocol.RoleHost, true, approved},
		{protocol.ModePromptWithApproval, protocol.RoleCollaborator, true, pending},
		{protocol.ModePromptWithApproval, protocol.RoleViewer, false, refused},
		{protocol.ModePromptDirect, protocol.RoleHost, true, approved},
		{protocol.ModePromptDirect, protocol.RoleCollaborator, true, approved},
		{protocol.ModePromptDirect, protocol.RoleViewer, false, refused},
	}
	for _, row := range rows {
		t.Run(string(row.mode)+"/"+string(row.role), func(t *testing.T) {
			w := w.in(t)
			s := w.shareOn(agentID, row.mode)
			who := s.Host
			if row.role != protocol.RoleHost {
				who = s.join("gil", row.role)
			}
			comment := w.call("POST", s.path("/messages"), who.with(object{"text": "hello"}))
			if row.comment {
				comment.ok(http.StatusOK, nil)
			} else {
				comment.fails(protocol.CodeCommentNotAllowed)
			}
			prompt := w.call("POST", s.path("/prompts"), who.with(object{"prompt": "help"}))
			if row.prompt == refused {
				prompt.fails(protocol.CodePromptNotAllowed)
				return
			}
			var answer protocol.PromptAnswer
			prompt.ok(http.StatusOK, &answer)
			require.Equal(t, row.prompt, string(answer.Status))
		})
	}
}
