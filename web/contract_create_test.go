package web_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_Create(t *testing.T) {
	w := newWorld(t)
	agentID := w.startAgent(map[string]any{"workspaceId": "garden"})
	create := func(t *testing.T, more object) (session, host object, answer object) {
		body := object{"hostSessionId": agentID, "hostUserId": "  hana "}
		maps.Copy(body, more)
		answer = members(t, w.in(t).call("POST", sharedAPI, body).object(http.StatusCreated),
			"session", "inviteToken", "hostParticipant")
		return members(t, answer["session"], sessionMembers...),
			members(t, answer["hostParticipant"], participantMembers...), answer
	}
	t.Run("is answered with the session, its invite, and the host with the token", func(t *testing.T) {
		session, host, answer := create(t, nil)
		requireCreated(t, agentID, session, host, answer)
	})
	t.Run("accepts the optional members", func(t *testing.T) {
		session, host, _ := create(t, object{
			"hostDisplayName": "Hana", "workspaceId": "attic", "expiresInMinutes": 90, "futureMember": object{},
		})
		require.Equal(t, "attic", session["workspaceId"])
		require.Equal(t, "Hana", host["displayName"])
		expires, err := time.Parse(time.RFC3339Nano, session["expiresAt"].(string))
		require.NoError(t, err)
		require.WithinDuration(t, time.Now().Add(90*time.Minute), expires, time.Minute)
	})
	t.Run("accepts null for a missing member", func(t *testing.T) {
		session, _, _ := create(t, object{
			"hostDisplayName": nil, "mode": nil, "workspaceId": nil, "expiresInMinutes": nil,
		})
		require.Equal(t, "prompt_with_approval", session["mode"])
	})
	for _, minutes := range []int{0, -5} {
		session, _, _ := create(t, object{"expiresInMinutes": minutes})
		require.Nil(t, session["expiresAt"], "%d minutes mean never", minutes)
	}
	for _, mode := range []string{"view_only", "comment_only", "prompt_with_approval", "prompt_direct"} {
		session, _, _ := create(t, object{"mode": mode})
		require.Equal(t, mode, session["mode"])
		require.Equal(t, mode == "prompt_with_approval", session["approvalRequired"])
	}
	t.Run("is carried out once for each key", func(t *testing.T) {
		body := object{"hostSessionId": agentID, "hostUserId": "hana"}
		first := w.in(t).call("POST", sharedAPI, body, "Idempotency-Key", "k1").ok(http.StatusCreated, nil)
		again := w.in(t).call("POST", sharedAPI, body, "Idempotency-Key", "k1").ok(http.StatusCreated, nil)
		require.JSONEq(t, string(first.body), string(again.body))
	})
}

func TestContract_List(t *testing.T) {
	w := newWorld(t)
	attic := object{"workspaceId": "attic"}
	one := w.share(protocol.ModeViewOnly)
	two := w.shareOn(one.Agent, protocol.ModeViewOnly, attic)
	three := w.share(protocol.ModeViewOnly)
	two.close()
	all := []string{three.ID, two.ID, one.ID}
	for query, want := range map[string][]string{
		"":                                     all,
		"/":                                    all,
		"?workspaceId=&hostSessionId=&status=": all,
		"?status=&workspaceId=attic":           {two.ID},
		"?status=active":                       {three.ID, one.ID},
		"?status=closed":                       {two.ID},
		"?status=expired":                      {},
		"?workspaceId=attic":                   {two.ID},
		"?hostSessionId=" + one.Agent:          {two.ID, one.ID},
		"?hostSessionId=" + one.Agent + "&status=active":   {one.ID},
		"?workspaceId=nowhere":                             {},
		"?hostSessionId=" + uuid.NewString():               {},
		"?hostSessionId=nonsense":                          {},
		"?workspaceId=attic&status=closed&unknownFilter=1": {two.ID},
	} {
		t.Run("newest first "+query, func(t *testing.T) {
			answer := members(t, w.in(t).call("GET", sharedAPI+query, nil).object(http.StatusOK), "sessions")
			ids := []string{}
			for _, s := range list(t, answer["sessions"]) {
				session := members(t, s, sessionMembers...)
				require.Nil(t, session["inviteToken"])
				ids = append(ids, session["id"].(string))
			}
			require.Equal(t, want, ids)
		})
	}
}

// requireCreated requires the answer to a creation without optional members.
func requireCreated(t *testing.T, agentID string, session, host, answer object) {
	isUUIDv4(t, session["id"])
	isTime(t, session["createdAt"])
	require.Equal(t, answer["inviteToken"], session["inviteToken"])
	require.Equal(t, "hana", session["hostUserId"])
	require.Equal(t, agentID, session["hostSessionId"])
	require.Equal(t, "garden", session["workspaceId"])
	require.Equal(t, "active", session["status"])
	require.Equal(t, "prompt_with_approval", session["mode"])
	require.Equal(t, true, session["approvalRequired"])
	require.Nil(t, session["expiresAt"])

	require.Equal(t, session["id"], host["sharedSessionId"])
	require.Equal(t, "hana", host["userId"])
	require.Equal(t, "host", host["role"])
	require.Nil(t, host["displayName"])
	require.Nil(t, host["leftAt"])
	isUUIDv4(t, host["id"])
	isTime(t, host["joinedAt"])
	require.GreaterOrEqual(t, len(host["accessToken"].(string)), 32)
	require.GreaterOrEqual(t, len(answer["inviteToken"].(string)), 32)
}
