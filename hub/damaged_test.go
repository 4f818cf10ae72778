package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// damageHost stops the hub, damages the host session, and starts another hub.
func damageHost(r *room, j *damagedJournal) {
	r.t.Helper()
	id := sessionID(r.t, r.session.HostSessionID)
	require.NoError(r.t, r.hub.Stop(r.t.Context()))
	j.session.Store(&id)
	r.start(r.agents)
	r.host = r.attach(&r.owner)
}

func TestDamage_of_the_host_session_fails_prompts_with_the_reason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newDamageRoom(t)
		damageHost(r, j)
		status := event[*protocol.AgentStatusChanged](r.host)
		require.Equal(t, protocol.AgentExited, status.Status)
		require.Contains(t, status.Detail, "damaged")
		for range 2 {
			r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
			require.Contains(t, event[*protocol.PromptDispatchFailed](r.host).Error, "damaged")
		}
		r.host.do(&protocol.Chat{Text: "still open"}, nil)
	})
}

func TestDamage_of_the_host_session_fails_a_running_prompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newDamageRoom(t)
		r.startTurn()
		r.askPermission("q")
		from := r.host.cursor()
		id := sessionID(t, r.session.HostSessionID)
		j.session.Store(&id)
		r.start(r.agents) // another server takes over before the turn ends
		r.host = r.attach(&r.owner)
		back := r.host.resume(from)
		event[*protocol.PermissionWithdrawn](back)
		require.Contains(t, event[*protocol.PromptDispatchFailed](back).Error, "damaged")
	})
}

func TestHub_wakes_a_due_session_once_the_journal_can_be_read_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		r.shareExpiring(60)
		advance(50 * time.Minute) // the session leaves memory
		mend := j.BreakReads(journal.ErrUnavailable)
		advance(11 * time.Minute)
		mend()
		advance(5 * time.Second)
		ended := collect(t, r.hub.SharedSessions(t.Context(), "", "", protocol.StatusExpired))
		require.Len(t, ended, 1)
	})
}
