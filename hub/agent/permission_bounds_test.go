package agent

import (
	"fmt"
	"testing"

	"parley/hub/internal/limit"

	"github.com/stretchr/testify/require"
)

// Permission requests wait in memory for people, who may take half an hour.
func TestPermissions_are_bounded_in_bytes_for_each_agent_and_for_all(t *testing.T) {
	const half = maxPermissionBytes / 2
	var all limit.Budget
	ask := func(s *session, id string, bytes int) bool {
		return s.addPermission(id, pendingPermission{bytes: bytes})
	}
	fresh := func() *session {
		return &session{permissions: map[string]pendingPermission{}, allPermissionBytes: &all}
	}

	one := fresh()
	require.True(t, ask(one, "1", half))
	require.True(t, ask(one, "2", half))
	require.False(t, ask(one, "3", 1), "the agent's bytes are used up")
	one.mu.Lock()
	one.takePermission("1")
	one.takePermission("unknown")
	one.mu.Unlock()
	require.True(t, ask(one, "3", half), "an answer frees the bytes of its request")

	var others []*session
	for all.Held()+maxPermissionBytes <= maxAllPermissionBytes {
		s := fresh()
		require.True(t, ask(s, "1", half))
		require.True(t, ask(s, "2", half))
		others = append(others, s)
	}
	last := fresh()
	require.True(t, ask(last, "1", 2*half), "an agent's only request always has room")
	require.False(t, ask(last, "2", 1), "the bytes of all agents are used up")
	require.EqualValues(t, maxAllPermissionBytes+maxPermissionBytes, all.Held())
	last.dropPermissions()
	for _, s := range append(others, one) {
		s.dropPermissions()
		require.Zero(t, s.permissionBytes)
	}
	require.Zero(t, all.Held())
}

func TestPermissions_are_bounded_in_number(t *testing.T) {
	s := &session{permissions: map[string]pendingPermission{}, allPermissionBytes: new(limit.Budget)}
	for i := range maxPermissions {
		require.True(t, s.addPermission(fmt.Sprint(i), pendingPermission{bytes: 1}))
	}
	require.False(t, s.addPermission("one more", pendingPermission{bytes: 1}))
}
