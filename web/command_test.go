package web_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// errorLine requires the error line of a WebSocket with the status of REST.
func (r reply) errorLine(id string, code protocol.Code) {
	r.t.Helper()
	m, err := protocol.DecodeServer(r.body)
	require.NoError(r.t, err, string(r.body))
	e, ok := m.(*protocol.ErrorMessage)
	require.True(r.t, ok, string(r.body))
	require.Equal(r.t, code, e.Error.Code, string(r.body))
	require.Equal(r.t, id, e.ID)
	require.Equal(r.t, protocol.Catalogue[code].Status, r.status)
}

func (r reply) okLine(into any) *protocol.OKMessage {
	r.t.Helper()
	require.Equal(r.t, http.StatusOK, r.status, string(r.body))
	m, err := protocol.DecodeServer(r.body)
	require.NoError(r.t, err)
	ok, is := m.(*protocol.OKMessage)
	require.True(r.t, is, string(r.body))
	if into != nil {
		require.NoError(r.t, json.Unmarshal(ok.Payload, into))
	}
	return ok
}

func TestCommands(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	send := func(t *testing.T, p person, id, kind string, payload any) reply {
		var headers []string
		if p != (person{}) {
			headers = p.headers()
		}
		return w.in(t).call("POST", s.path("/commands"), object{"id": id, "type": kind, "payload": payload}, headers...)
	}
	anonymous := person{}
	var welcome protocol.Welcome
	t.Run("join is answered with a welcome and the token", func(t *testing.T) {
		r := send(t, anonymous, "1", "join", object{"inviteToken": s.Invite, "userId": "gil", "recent": 5})
		m, err := protocol.DecodeServer(r.ok(http.StatusOK, nil).body)
		require.NoError(t, err)
		welcome = m.(*protocol.WelcomeMessage).Payload
		require.Equal(t, "gil", welcome.Participant.UserID)
		require.NotEmpty(t, welcome.Recent)
		require.EqualValues(t, 15_000, welcome.HeartbeatMS)
	})
	gil := personOf(welcome.Participant)
	t.Run("resume is answered with a welcome without the token", func(t *testing.T) {
		r := send(t, anonymous, "2", "resume", object{"participantId": gil.ID, "participantToken": gil.Token})
		m, err := protocol.DecodeServer(r.ok(http.StatusOK, nil).body)
		require.NoError(t, err)
		require.Nil(t, m.(*protocol.WelcomeMessage).Payload.Participant.AccessToken)
	})
	t.Run("resume reports whether the cursor is of this journal", func(t *testing.T) {
		elsewhere := protocol.NewCursor(1, [32]byte{1}).String()
		for cursor, want := range map[string]string{"": "new", welcome.Cursor: "ok", elsewhere: "gap", "?": "gap"} {
			r := send(t, anonymous, "2", "resume", object{"participantId": gil.ID, "participantToken": gil.Token, "cursor": cursor})
			m, err := protocol.DecodeServer(r.ok(http.StatusOK, nil).body)
			require.NoError(t, err)
			require.Equal(t, want, m.(*protocol.WelcomeMessage).Payload.Resume, cursor)
		}
	})
	t.Run("a repeated command is a duplicate and carried out once", func(t *testing.T) {
		var first, again protocol.MessageAnswer
		require.False(t, send(t, gil, "3", "chat", object{"text": "hi"}).okLine(&first).Duplicate)
		require.True(t, send(t, gil, "3", "chat", object{"text": "hi"}).okLine(&again).Duplicate)
		require.Equal(t, first, again)
	})
	t.Run("every command is answered", func(t *testing.T) {
		requireEveryCommandAnswered(t, s, gil, send)
	})
	t.Run("errors are lines", func(t *testing.T) {
		requireErrorLines(t, s, gil, send)
	})
}

func TestHostSessions(t *testing.T) {
	w := newWorld(t)
	hostMembers := []string{"id", "agent", "workspaceId", "title", "permissions", "status", "createdAt", "facts"}

	agents := members(t, w.call("GET", "/api/agents", nil).object(http.StatusOK), "agents", "missing")
	require.Equal(t, "demo", members(t, list(t, agents["agents"])[0], "name", "title", "description", "source")["name"])

	created := members(t, w.call("POST", "/api/sessions", object{"agent": "demo", "title": " Tour "}).
		object(http.StatusCreated), "session")
	host := members(t, created["session"], hostMembers...)
	require.Equal(t, "Tour", host["title"])
	require.Equal(t, "default", host["workspaceId"])
	require.Equal(t, "ask", host["permissions"])
	isTime(t, host["createdAt"])
	isUUIDv4(t, host["id"])
	path := "/api/sessions/" + host["id"].(string)

	one := members(t, w.call("GET", path, nil).object(http.StatusOK), "session")
	require.Equal(t, host["id"], members(t, one["session"], hostMembers...)["id"])
	all := members(t, w.call("GET", "/api/sessions", nil).object(http.StatusOK), "sessions")
	require.Len(t, list(t, all["sessions"]), 1)

	t.Run("cancel ends the running turn", func(t *testing.T) {
		s := w.in(t).shareOn(host["id"].(string), protocol.ModeViewOnly)
		es := s.stream(s.Host, "")
		s.prompt(s.Host, "wait")
		es.until(protocol.EventPromptDispatchStarted)
		r := s.w.call("POST", path+"/cancel", nil).ok(http.StatusNoContent, nil)
		require.Empty(t, r.body)
		es.until(protocol.EventPromptDispatchFailed)
	})
	t.Run("errors", func(t *testing.T) {
		w := w.in(t)
		w.call("POST", "/api/sessions", object{"agent": "nobody"}).fails(protocol.CodeAgentNotFound)
		w.call("POST", "/api/sessions", object{"agent": " "}).fails(protocol.CodeInvalidRequest)
		for _, id := range []string{uuid.NewString(), "nonsense"} {
			w.call("GET", "/api/sessions/"+id, nil).fails(protocol.CodeHostSessionNotFound)
			w.call("DELETE", "/api/sessions/"+id, nil).fails(protocol.CodeHostSessionNotFound)
			w.call("POST", "/api/sessions/"+id+"/cancel", nil).fails(protocol.CodeHostSessionNotFound)
		}
	})
	t.Run("delete ends the session", func(t *testing.T) {
		w := w.in(t)
		w.call("DELETE", path, nil).ok(http.StatusNoContent, nil)
		w.call("GET", path, nil).fails(protocol.CodeHostSessionNotFound)
	})
}

// sendFunc sends a command over plain HTTP.
type sendFunc func(t *testing.T, p person, id, kind string, payload any) reply

func requireEveryCommandAnswered(t *testing.T, s *session, gil person, send sendFunc) {
	var prompt protocol.PromptAnswer
	send(t, gil, "p", "prompt", object{"prompt": "help"}).okLine(&prompt)
	var approval protocol.ApprovalAnswer
	send(t, s.Host, "a", "approve", object{
		"approvalId": prompt.Approval.ID, "action": "approve", "prompt": "plan", "reason": "shorter",
	}).okLine(&approval)
	require.Equal(t, "plan", approval.Approval.Prompt)
	require.Equal(t, "help", *approval.Approval.OriginalPrompt)
	var history protocol.HistoryAnswer
	send(t, gil, "h", "history", object{"limit": 2}).okLine(&history)
	require.Len(t, history.Events, 2)
	var session protocol.SessionAnswer
	send(t, s.Host, "m", "set_mode", object{"mode": "view_only"}).okLine(&session)
	require.Equal(t, protocol.ModeViewOnly, session.Session.Mode)
	var p protocol.ParticipantAnswer
	send(t, s.Host, "r", "set_role", object{"participantId": gil.ID, "role": "viewer"}).okLine(&p)
	require.Equal(t, protocol.RoleViewer, p.Participant.Role)
	var invite protocol.InviteAnswer
	send(t, s.Host, "i", "rotate_invite", nil).okLine(&invite)
	require.NotEqual(t, s.Invite, invite.InviteToken)
	require.JSONEq(t, `{}`, string(send(t, s.Host, "t", "typing", object{"active": true}).okLine(nil).Payload))
	require.JSONEq(t, `{"type":"pong","id":"x"}`, string(send(t, person{}, "x", "ping", nil).ok(http.StatusOK, nil).body))
	send(t, gil, "l", "leave", nil).okLine(&p)
	require.NotNil(t, p.Participant.LeftAt)
	send(t, s.Host, "s", "stop_agent", nil).okLine(nil)
	var closed protocol.CloseAnswer
	send(t, s.Host, "c", "close", nil).okLine(&closed)
	require.True(t, closed.Closed)
}

func requireErrorLines(t *testing.T, s *session, gil person, send sendFunc) {
	w := s.w
	send(t, person{}, "1", "chat", object{"text": "x"}).errorLine("1", protocol.CodeUnauthorized)
	send(t, gil, "2", "chat", object{"text": " "}).errorLine("2", protocol.CodeEmptyMessage)
	send(t, gil, "3", "dance", nil).errorLine("3", protocol.CodeInvalidRequest)
	send(t, gil, "", "ping", nil).errorLine("", protocol.CodeInvalidRequest)
	w.in(t).call("POST", s.path("/commands"), "[]").errorLine("", protocol.CodeInvalidRequest)
	w.in(t).call("POST", s.path("/commands"), "{}", "Content-Type", "text/plain").
		errorLine("", protocol.CodeInvalidRequest)
	w.in(t).call("POST", sharedAPI+"/"+uuid.NewString()+"/commands",
		object{"id": "1", "type": "leave"}, gil.headers()...).errorLine("1", protocol.CodeSessionNotFound)
}
