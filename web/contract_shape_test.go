package web_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// The members of each resource: those of the original API, then Parley's own.
var (
	sessionMembers = []string{"id", "workspaceId", "hostUserId", "hostSessionId", "mode", "approvalRequired",
		"inviteToken", "createdAt", "expiresAt", "status"}
	participantMembers = []string{"id", "sharedSessionId", "userId", "displayName", "role", "joinedAt", "leftAt",
		"accessToken"}
	messageMembers = []string{"id", "sharedSessionId", "participantId", "authorUserId", "kind", "text", "createdAt",
		"approvalId", "replyTo"}
	approvalMembers = []string{"id", "sharedSessionId", "participantId", "prompt", "status", "createdAt", "resolvedAt",
		"resolvedByParticipantId", "errorMessage", "originalPrompt", "reason"}
)

type object map[string]any

// members requires that an object has these members and no others, null ones
// included.
func members(t *testing.T, o any, want ...string) object {
	t.Helper()
	got, ok := o.(map[string]any)
	require.True(t, ok, "%v is no object", o)
	require.ElementsMatch(t, want, slices.Collect(maps.Keys(got)))
	return got
}

// list requires a list, which may be empty but not null.
func list(t *testing.T, v any) []any {
	t.Helper()
	l, ok := v.([]any)
	require.True(t, ok, "%v is no list", v)
	return l
}

func (r reply) object(status int) any {
	r.t.Helper()
	var o any
	r.ok(status, &o)
	require.Equal(r.t, "application/json", r.header.Get("Content-Type"))
	return o
}

// isTime requires RFC 3339 in UTC.
func isTime(t *testing.T, v any) {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, v.(string))
	require.NoError(t, err)
	require.Equal(t, time.UTC, at.Location())
	require.WithinDuration(t, time.Now(), at, time.Minute)
}

func isUUIDv4(t *testing.T, v any) {
	t.Helper()
	id, err := uuid.Parse(v.(string))
	require.NoError(t, err)
	require.EqualValues(t, 4, id.Version())
	require.Equal(t, id.String(), v)
}
