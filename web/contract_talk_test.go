package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_Messages(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	answer := members(t, w.call("POST", s.path("/messages"), gil.with(object{"text": "  hi <there> & 🙂\n"})).
		object(http.StatusOK), "message")
	m := members(t, answer["message"], messageMembers...)
	isUUIDv4(t, m["id"])
	isTime(t, m["createdAt"])
	require.Equal(t, "hi <there> & 🙂", m["text"], "trimmed")
	require.Equal(t, "comment", m["kind"])
	require.Equal(t, gil.ID, m["participantId"])
	require.Equal(t, "gil", m["authorUserId"])
	require.Equal(t, s.ID, m["sharedSessionId"])
	require.Nil(t, m["approvalId"])

	pending := s.prompt(gil, " do it ")
	s.prompt(s.Host, "at once")
	s.say(s.Host, "last")
	all := list(t, members(t, w.call("GET", s.path("/messages"), nil).object(http.StatusOK), "messages")["messages"])
	require.Len(t, all, 3, "a prompt that is dispatched at once leaves no message")
	require.Equal(t, m["id"], members(t, all[0], messageMembers...)["id"], "oldest first")
	waiting := members(t, all[1], messageMembers...)
	require.Equal(t, "prompt", waiting["kind"])
	require.Equal(t, "do it", waiting["text"])
	require.Equal(t, pending.ID, waiting["approvalId"])
	require.Equal(t, "last", all[2].(map[string]any)["text"])

	t.Run("a message that is too long is refused", func(t *testing.T) {
		long := string(make([]byte, protocol.DefaultLimits.MessageBytes+1))
		w.in(t).call("POST", s.path("/messages"), gil.with(object{"text": "x" + long})).fails(protocol.CodeTooLarge)
	})
	t.Run("a message is created once for each key", func(t *testing.T) {
		w := w.in(t)
		body := gil.with(object{"text": "once"})
		first := w.call("POST", s.path("/messages"), body, "Idempotency-Key", "k").ok(http.StatusOK, nil)
		again := w.call("POST", s.path("/messages"), body, "Idempotency-Key", "k").ok(http.StatusOK, nil)
		require.JSONEq(t, string(first.body), string(again.body))
		body["text"] = "another"
		w.call("POST", s.path("/messages"), body, "Idempotency-Key", "k").fails(protocol.CodeInvalidRequest)
		w.call("POST", s.path("/messages"), body, "Idempotency-Key", "k\x80").fails(protocol.CodeInvalidRequest)
	})
}

func TestContract_Prompts(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	send := func(p person) (object, object) {
		answer := members(t, w.call("POST", s.path("/prompts"), p.with(object{"prompt": " help "})).
			object(http.StatusOK), "status", "approval")
		return answer, members(t, answer["approval"], approvalMembers...)
	}
	answer, a := send(gil)
	require.Equal(t, "pending", answer["status"])
	require.Equal(t, "pending", a["status"])
	require.Equal(t, "help", a["prompt"])
	require.Equal(t, gil.ID, a["participantId"])
	require.Equal(t, s.ID, a["sharedSessionId"])
	isUUIDv4(t, a["id"])
	isTime(t, a["createdAt"])
	for _, null := range []string{"resolvedAt", "resolvedByParticipantId", "errorMessage"} {
		require.Nil(t, a[null], null)
	}

	answer, a = send(s.Host)
	require.Equal(t, "approved", answer["status"])
	require.Equal(t, "approved", a["status"])
	isTime(t, a["resolvedAt"])
	require.Equal(t, s.Host.ID, a["resolvedByParticipantId"])
	require.Nil(t, a["errorMessage"])
}
