package hub_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

// replaceHub starts another hub on the room's journal, as another server would, and returns
// the former one, which loses its partitions.
func (r *room) replaceHub() (former *hub.Hub) {
	former = r.hub
	r.start(r.agents)
	return former
}

func TestMoved_connections_close_when_another_server_takes_over(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		host, agent := r.host, r.agent
		r.share(r.session.HostSessionID)
		quiet := r.host

		former := r.replaceHub()
		require.Equal(t, protocol.CodeJournalUnavailable, ben.errorCode(&protocol.Chat{Text: "hello"}))
		require.Equal(t, protocol.CloseMoved, ben.closeCode())
		require.Equal(t, protocol.CloseMoved, host.closeCode())
		require.Equal(t, protocol.CloseMoved, quiet.closeCode(), "the connection of a session that writes nothing")
		<-agent.Exited()
		synctest.Wait()
		require.Zero(t, former.SessionsInMemory())

		r.id = ben.me.SharedSessionID
		_, _, err := former.State(t.Context(), r.id, nil)
		requireCode(t, protocol.CodeJournalUnavailable, err, "the former hub may be out of date")
		back := ben.resume(ben.cursor())
		require.Equal(t, protocol.ResumeOK, back.welcome.Resume)
		back.do(&protocol.Chat{Text: "hello"}, nil)
	})
}

func TestMoved_sessions_of_other_partitions_continue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		moved := r.host
		id := sessionID(t, r.id)
		for sessionID(t, r.id).Partition() == id.Partition() {
			hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk}, "")
			require.NoError(t, err)
			r.share(hs.ID)
		}
		_, err := j.Own(t.Context(), id.Partition())
		require.NoError(t, err)
		moved.errorCode(&protocol.Chat{Text: "hello"})
		require.Equal(t, protocol.CloseMoved, moved.closeCode())
		r.host.do(&protocol.Chat{Text: "hello"}, nil)
	})
}
