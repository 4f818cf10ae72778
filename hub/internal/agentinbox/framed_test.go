package agentinbox

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// framedAt returns an event of a connector's frame. done counts its reports.
func framedAt(frame uint64, e rules.AgentEvent, done *int) rules.Framed {
	return rules.Framed{Event: e, Origin: rules.Origin{Run: 1, Frame: frame}, Done: func() { *done++ }}
}

// take takes a framed message, which must be there.
func take(t *testing.T, b *Inbox) rules.Framed {
	t.Helper()
	message, ok := b.Take()
	require.True(t, ok)
	return message.(rules.Framed)
}

func TestInbox_returns_framed_notifications_together_with_their_origins(t *testing.T) {
	test(t, func(f *fixture) {
		var done [2]int
		for i, text := range []string{"a", "b"} {
			f.inbox.Put(framedAt(uint64(i+1), rules.AgentNotification{Raw: []byte(text), Streamed: true}, &done[i]))
		}
		f.inbox.Put(rules.AgentNotification{Raw: []byte("of another peer")})
		row := take(t, f.inbox)
		require.Equal(t, rules.FramedNotifications{
			Notifications: rules.Notifications{[]byte("a"), []byte("b")},
			Origins:       []rules.Origin{{Run: 1, Frame: 1}, {Run: 1, Frame: 2}},
		}, row.Event)
		require.Zero(t, done[0]+done[1])
		row.Done()
		row.Done()
		require.Equal(t, [2]int{1, 1}, done)
	})
}

func TestInbox_a_framed_message_waits_until_those_before_it_are_done(t *testing.T) {
	test(t, func(f *fixture) {
		var done int
		f.inbox.Put(framedAt(1, rules.AgentNotification{Raw: []byte("a")}, &done))
		f.inbox.Put(framedAt(2, rules.AgentUpdated{}, &done))
		f.inbox.Put(framedAt(3, rules.AgentTurnEnded{}, &done))
		f.inbox.Put(framedAt(4, rules.AgentNotification{Raw: []byte("b")}, &done))
		first, facts := take(t, f.inbox), take(t, f.inbox)
		require.IsType(t, rules.AgentUpdated{}, facts.Event, "facts wait for nothing")
		_, ok := f.inbox.Take()
		require.False(t, ok)
		for len(f.inbox.Ready()) > 0 {
			<-f.inbox.Ready()
		}
		first.Done()
		<-f.inbox.Ready()
		require.IsType(t, rules.AgentTurnEnded{}, take(t, f.inbox).Event, "which does not wait for facts")
		require.IsType(t, rules.FramedNotifications{}, take(t, f.inbox).Event, "notifications wait for nothing")
	})
}

func TestInbox_framed_messages_that_are_dropped_are_done(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(NewPace(func() int { return 0 }))
		var done int
		b.Put(framedAt(1, rules.AgentTurnEnded{}, &done))
		require.Empty(t, b.Close())
		require.False(t, b.Put(framedAt(2, rules.AgentTurnEnded{}, &done)))
		require.Equal(t, 2, done)
	})
}
