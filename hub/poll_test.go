package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/protocol"
)

// poll reads the events after the welcome, without a connection.
func (p *person) poll() *protocol.HistoryAnswer {
	p.t.Helper()
	who := hub.Credentials{ParticipantID: p.me.ID, Token: p.token}
	a, err := p.room.hub.Poll(p.t.Context(), p.room.id, who, &protocol.History{After: p.welcome.Cursor, Limit: 10})
	require.NoError(p.t, err)
	return a
}

func TestPoll_a_participant_is_present_until_some_time_after_the_last_poll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		both := []string{r.host.me.ID, ben.me.ID}
		require.Equal(t, both, r.host.present())
		ben.poll()
		ben.sub.Close()
		for range 3 {
			pass(70 * time.Second)
			ben.poll()
		}
		require.False(t, r.host.ready(), "ben stays present")
		require.Equal(t, both, r.host.again().welcome.Presence)
		pass(80 * time.Second)
		require.Equal(t, []string{r.host.me.ID}, r.host.present())
		ben.poll()
		require.Equal(t, both, r.host.present())
		ben.again().sub.Close()
		pass(time.Second)
		require.False(t, r.host.ready(), "a connection beside the polls changes nothing")
	})
}

func TestPoll_a_participant_who_is_removed_is_no_longer_present(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		ben := r.join("ben")
		next[*protocol.PresenceMessage](r.host)
		ben.sub.Close()
		ben.poll()
		r.host.say(&protocol.Remove{ParticipantID: ben.me.ID}, nil)
		pass(time.Second)
		require.Equal(t, []string{r.host.me.ID}, r.host.again().welcome.Presence)
		who := hub.Credentials{ParticipantID: ben.me.ID, Token: ben.token}
		_, err := r.hub.Poll(t.Context(), r.id, who, &protocol.History{Limit: 1})
		require.Equal(t, protocol.CodeParticipantRemoved, protocol.AsError(err).Code)
		pass(2 * time.Minute)
	})
}
