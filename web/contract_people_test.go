package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_Join(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	join := func(t *testing.T, body object) (object, object) {
		all := object{"inviteToken": s.Invite}
		maps.Copy(all, body)
		answer := members(t, w.in(t).call("POST", s.path("/join"), all).object(http.StatusOK), "session", "participant")
		return members(t, answer["session"], sessionMembers...), members(t, answer["participant"], participantMembers...)
	}
	t.Run("is answered with the participant and the token, and the session without the invite", func(t *testing.T) {
		session, p := join(t, object{"userId": " gil ", "displayName": "Gil"})
		require.Nil(t, session["inviteToken"])
		require.Equal(t, s.ID, session["id"])
		isUUIDv4(t, p["id"])
		isTime(t, p["joinedAt"])
		require.Equal(t, "gil", p["userId"])
		require.Equal(t, "Gil", p["displayName"])
		require.Equal(t, "collaborator", p["role"])
		require.Nil(t, p["leftAt"])
		require.NotEmpty(t, p["accessToken"])
	})
	for given, want := range map[string]string{"viewer": "viewer", "collaborator": "collaborator", "host": "collaborator"} {
		_, p := join(t, object{"userId": "as-" + given, "role": given})
		assert.Equal(t, want, p["role"], "joining as %s", given)
	}
	t.Run("a wrong invite is refused, after the session was looked up", func(t *testing.T) {
		w := w.in(t)
		wrong := object{"inviteToken": "wrong", "userId": "u"}
		w.call("POST", s.path("/join"), wrong).fails(protocol.CodeInvalidInviteToken)
		w.call("POST", s.path("/join"), object{"inviteToken": s.Host.Token, "userId": "u"}).
			fails(protocol.CodeInvalidInviteToken)
		closed := w.shareOn(s.Agent, protocol.ModeViewOnly)
		closed.close()
		w.call("POST", closed.path("/join"), wrong).fails(protocol.CodeSessionInactive)
		w.call("POST", closed.path("/join"), object{"inviteToken": closed.Invite, "userId": "u"}).
			fails(protocol.CodeSessionInactive)
	})
	t.Run("deceptive names are refused", func(t *testing.T) {
		for _, name := range []string{"a\u202eb", "a\x00b", "a\nb", string(make([]rune, 129))} {
			w.in(t).call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "x" + name}).
				fails(protocol.CodeInvalidRequest)
		}
	})
	t.Run("names with direction marks, as real names have, are kept unchanged", func(t *testing.T) {
		requireDirectionMarksKept(t, s, join)
	})
	t.Run("a participant who has left joins as a new one", func(t *testing.T) {
		p := s.join("lea", protocol.RoleViewer)
		s.leave(p)
		require.NotEqual(t, p.ID, s.join("lea", protocol.RoleViewer).ID)
	})
}

func TestContract_Leave(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModeCommentOnly)
	p := s.join("gil", protocol.RoleViewer)
	answer := members(t, w.call("POST", s.path("/leave"), p.with(nil)).object(http.StatusOK), "participant")
	left := members(t, answer["participant"], participantMembers...)
	require.Equal(t, p.ID, left["id"])
	isTime(t, left["leftAt"])
	w.call("POST", s.path("/leave"), p.with(nil)).fails(protocol.CodeParticipantInactive)
}

func TestContract_State(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	lea := s.join("lea", protocol.RoleViewer)
	s.leave(lea)
	first, second := s.prompt(gil, "first"), s.prompt(gil, "second")
	answer := members(t, w.call("GET", s.path(""), nil).object(http.StatusOK),
		"session", "participants", "approvals", "cursor")

	require.Nil(t, members(t, answer["session"], sessionMembers...)["inviteToken"])
	require.NotEmpty(t, answer["cursor"])
	users := []any{}
	for _, p := range list(t, answer["participants"]) {
		p := members(t, p, participantMembers...)
		require.Nil(t, p["accessToken"])
		users = append(users, p["userId"])
	}
	require.Equal(t, []any{"hana", "gil", "lea"}, users)
	approvals := list(t, answer["approvals"])
	require.Len(t, approvals, 2)
	require.Equal(t, second.ID, members(t, approvals[0], approvalMembers...)["id"], "newest first")
	require.Equal(t, first.ID, members(t, approvals[1], approvalMembers...)["id"])

	t.Run("all participants are listed in join order", func(t *testing.T) {
		answer := members(t, w.in(t).call("GET", s.path("/participants"), nil).object(http.StatusOK), "participants")
		people := list(t, answer["participants"])
		require.Len(t, people, 3)
		for i, user := range []string{"hana", "gil", "lea"} {
			p := members(t, people[i], participantMembers...)
			require.Equal(t, user, p["userId"])
			require.Nil(t, p["accessToken"])
			require.Equal(t, user == "lea", p["leftAt"] != nil)
		}
	})
	t.Run("a session without prompts has an empty list", func(t *testing.T) {
		w := w.in(t)
		empty := w.shareOn(s.Agent, protocol.ModeViewOnly)
		state := w.call("GET", empty.path(""), nil).object(http.StatusOK).(map[string]any)
		require.Empty(t, list(t, state["approvals"]))
		messages := w.call("GET", empty.path("/messages"), nil).object(http.StatusOK)
		require.Empty(t, list(t, members(t, messages, "messages")["messages"]))
	})
}

func requireDirectionMarksKept(t *testing.T, s *session, join func(*testing.T, object) (session, participant object)) {
	w := s.w
	for i, name := range []string{"\u200fדנה\u200f", "Dana (\u200eدانا\u200e)"} {
		user := fmt.Sprint("\u200emark", i)
		_, p := join(t, object{"userId": user, "displayName": name})
		require.Equal(t, user, p["userId"])
		require.Equal(t, name, p["displayName"])
	}
	for _, name := range []string{"a\u061cb", "a\u202ab", "a\u202db", "a\u202eb", "a\u2066b", "a\u2069b", "a\u2028b", "a\u0085b", "a\x7fb"} {
		for _, member := range []string{"userId", "displayName"} {
			body := object{"inviteToken": s.Invite, "userId": "u", member: name}
			w.in(t).call("POST", s.path("/join"), body).fails(protocol.CodeInvalidRequest)
		}
	}
}
