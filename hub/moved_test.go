package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// replace begins another hub on the room's journal, as another server would,
// and returns the one that it takes everything from.
func (r *room) replace() (former *hub.Hub) {
	former = r.hub
	r.start(r.agents)
	return former
}

func TestMoved_clients_are_sent_to_whoever_serves_them_now(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		host, agent := r.host, r.agent
		r.share(r.session.HostSessionID)
		quiet := r.host

		former := r.replace()
		require.Equal(t, protocol.CodeJournalUnavailable, ben.refused(&protocol.Chat{Text: "is anybody here?"}))
		require.Equal(t, protocol.CloseMoved, ben.closed())
		require.Equal(t, protocol.CloseMoved, host.closed())
		require.Equal(t, protocol.CloseMoved, quiet.closed(), "a session that had nothing to write has moved with it")
		<-agent.Exited()
		synctest.Wait()
		require.Zero(t, former.Awake())

		r.id = ben.me.SharedSessionID
		_, _, err := former.State(t.Context(), r.id, nil)
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeJournalUnavailable}, "it is not read where it may be out of date")
		back := ben.resume(r.cursorOf(ben))
		require.Equal(t, protocol.ResumeOK, back.welcome.Resume)
		back.say(&protocol.Chat{Text: "here you are"}, nil)
	})
}

func TestMoved_sessions_of_other_partitions_stay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		moved := r.host
		id, err := journal.ParseSessionID(r.id)
		require.NoError(t, err)
		for staying := id; staying.Partition() == id.Partition(); staying, err = journal.ParseSessionID(r.id) {
			require.NoError(t, err)
			hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
			require.NoError(t, err)
			r.share(hs.ID)
		}
		_, err = j.Own(t.Context(), id.Partition())
		require.NoError(t, err)
		moved.refused(&protocol.Chat{Text: "is anybody here?"})
		require.Equal(t, protocol.CloseMoved, moved.closed())
		r.host.say(&protocol.Chat{Text: "we are"}, nil)
	})
}
