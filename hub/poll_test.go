package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

// poll reads the events that follow the welcome, without a connection.
func (p *client) poll() *protocol.HistoryAnswer {
	p.t.Helper()
	who := p.credentials()
	a, err := p.room.hub.Poll(p.t.Context(), p.room.id, who, &protocol.History{After: p.welcome.Cursor, Limit: 10})
	require.NoError(p.t, err)
	return a
}

func TestPoll_a_participant_is_present_for_a_while_after_the_last_poll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		both := []string{r.host.me.ID, ben.me.ID}
		require.Equal(t, both, r.host.nextPresence())
		ben.poll()
		ben.sub.Close()
		for range 3 {
			advance(70 * time.Second)
			ben.poll()
		}
		require.False(t, r.host.hasOutput(), "ben stays present")
		require.Equal(t, both, r.host.reconnect().welcome.Presence)
		advance(80 * time.Second)
		require.Equal(t, []string{r.host.me.ID}, r.host.nextPresence())
		ben.poll()
		require.Equal(t, both, r.host.nextPresence())
		ben.reconnect().sub.Close()
		advance(time.Second)
		require.False(t, r.host.hasOutput(), "a connection between polls changes nothing")
	})
}

func TestPoll_a_removed_participant_is_not_present(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		next[*protocol.PresenceMessage](r.host)
		ben.sub.Close()
		ben.poll()
		r.host.do(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		advance(time.Second)
		require.Equal(t, []string{r.host.me.ID}, r.host.reconnect().welcome.Presence)
		who := ben.credentials()
		_, err := r.hub.Poll(t.Context(), r.id, who, &protocol.History{Limit: 1})
		requireCode(t, protocol.CodeParticipantRemoved, err)
		advance(2 * time.Minute)
	})
}
