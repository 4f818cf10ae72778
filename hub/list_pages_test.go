package hub_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

func TestLists_of_sessions_are_read_in_pages(t *testing.T) {
	const created = 150 // more than two pages
	r, _ := newRoom(t, hub.Options{})
	host := r.state().Session.HostSessionID
	want := []string{r.id}
	for i := range created {
		a, err := r.hub.CreateShared(t.Context(), &protocol.CreateSharedSession{HostSessionID: host, HostUserID: fmt.Sprint(i)}, "")
		require.NoError(t, err)
		want = append(want, a.Session.ID)
	}
	var got []string
	var last time.Time
	for _, raw := range collect(t, r.hub.SharedSessions(t.Context(), "", host, protocol.StatusActive)) {
		var s protocol.Session
		require.NoError(t, json.Unmarshal(raw, &s))
		require.False(t, len(got) > 0 && s.CreatedAt.After(last), "newest first")
		got, last = append(got, s.ID), s.CreatedAt
	}
	require.ElementsMatch(t, want, got, "every session once")
	require.Empty(t, collect(t, r.hub.SharedSessions(t.Context(), "", "none", "")))
	require.Len(t, collect(t, r.hub.HostSessions(t.Context())), 1)
}
