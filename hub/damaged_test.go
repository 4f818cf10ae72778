package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/protocol"
)

// damageHost makes the room's host session one that cannot be read, after it has
// left memory.
func damageHost(r *room, j *damagedJournal) {
	r.t.Helper()
	id, err := journal.ParseSessionID(r.session.HostSessionID)
	require.NoError(r.t, err)
	require.NoError(r.t, r.hub.Stop(r.t.Context()))
	j.session.Store(&id)
	r.start(r.agents)
	r.host = r.attach(&r.owner)
}

func TestRoom_on_a_damaged_host_session_stays_and_says_why_no_prompt_runs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &damagedJournal{Journal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		damageHost(r, j)
		status := event[*protocol.AgentStatusChanged](r.host)
		require.Equal(t, protocol.AgentExited, status.Status)
		require.Contains(t, status.Detail, "damaged")
		for range 2 {
			r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
			require.Contains(t, event[*protocol.PromptDispatchFailed](r.host).Error, "damaged")
		}
		r.host.say(&protocol.Chat{Text: "we can still talk"}, nil)
	})
}

func TestRoom_whose_prompt_was_on_its_way_to_a_session_that_is_damaged_now(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &damagedJournal{Journal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.prompted()
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		from := r.cursorOf(r.host)
		id, err := journal.ParseSessionID(r.session.HostSessionID)
		require.NoError(t, err)
		j.session.Store(&id)
		r.start(r.agents) // another server takes over, so the first tells nobody how the turn ends
		r.host = r.attach(&r.owner)
		back := r.host.resume(from)
		event[*protocol.PermissionWithdrawn](back)
		require.Contains(t, event[*protocol.PromptDispatchFailed](back).Error, "damaged")
	})
}

func TestHub_wakes_a_session_soon_after_the_journal_can_be_read_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := &unreadableJournal{FaultyJournal: newJournal()}
		r := newRoomOn(t, j, hubtest.NewAgents(), hub.Options{})
		r.shareFor(60)
		pass(50 * time.Minute) // it sleeps
		j.down.Store(true)
		pass(11 * time.Minute)
		j.down.Store(false)
		pass(5 * time.Second)
		ended := all(t, r.hub.SharedSessions(t.Context(), "", "", protocol.StatusExpired))
		require.Len(t, ended, 1)
	})
}
