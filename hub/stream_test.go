package hub_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
)

// stream has the agent send the i-th piece of a text.
func (r *room) stream(i int) {
	n := notification(i)
	n.Streamed = true
	r.agent.Say(n)
}

// beginStream begins a turn, in which the agent sends the first piece.
func (r *room) beginStream() {
	r.startTurn()
	r.stream(0)
	synctest.Wait()
}

// nextEvents waits for n events and returns their times. It describes a notification by
// itself and any other event by its type.
func (p *client) nextEvents(n int) (events []string, at []time.Time) {
	for len(events) < n {
		e := next[*protocol.Event](p)
		description := string(e.Type)
		if u, ok := e.Payload.(*protocol.HostSessionUpdate); ok {
			description = string(u.Notification)
		}
		events, at = append(events, description), append(at, e.Timestamp)
	}
	return events, at
}

// notificationText returns the i-th notification as events hold it.
func notificationText(i int) string { return string(notification(i).Raw) }

func TestStream_pieces_that_arrive_together_are_committed_together(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.beginStream()
		for i := range 3 {
			advance(3 * time.Millisecond)
			r.stream(i + 1)
		}
		event[*protocol.PromptDispatchStarted](r.host)
		said, at := r.host.nextEvents(4)
		require.Equal(t, []string{notificationText(0), notificationText(1), notificationText(2), notificationText(3)}, said)
		for i, want := range []time.Duration{0, 7, 7, 14} {
			require.Equal(t, want*time.Millisecond, at[i].Sub(at[0]), "event %d", i)
		}
	})
}

func TestStream_is_not_delayed_once_another_message_follows(t *testing.T) {
	for name, other := range map[string]struct {
		said rules.AgentEvent
		want string
	}{
		"a notification":       {notification(2), notificationText(2)},
		"a permission request": {permissionRequest("q"), string(protocol.EventPermissionRequested)},
		"the agent's exit":     {rules.AgentExited{}, string(protocol.EventPromptDispatchFailed)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{})
				r.beginStream()
				advance(time.Millisecond)
				r.stream(1)
				r.agent.Say(other.said)
				event[*protocol.PromptDispatchStarted](r.host)
				said, at := r.host.nextEvents(3)
				require.Equal(t, []string{notificationText(0), notificationText(1), other.want}, said)
				require.Equal(t, time.Millisecond, at[2].Sub(at[0]))
			})
		})
	}
}

func TestStream_is_complete_when_the_turn_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		turn := r.startTurn().Turn
		for i := range 3 {
			r.stream(i)
		}
		r.endTurn(turn)
		event[*protocol.PromptDispatchStarted](r.host)
		said, at := r.host.nextEvents(4)
		require.Equal(t, []string{notificationText(0), notificationText(1), notificationText(2), string(protocol.EventPromptDispatchCompleted)}, said)
		require.Equal(t, at[0], at[3])
	})
}

func TestStream_is_complete_when_the_hub_stops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.beginStream()
		for i := range 5 {
			r.stream(i + 1)
		}
		require.NoError(t, r.hub.Stop(t.Context()))
		var said []string
		for _, rec := range r.records() {
			if rec.Type == string(protocol.EventHostSessionUpdate) {
				said = append(said, string(rec.Public))
			}
		}
		var want []string
		for i := range 6 {
			want = append(want, fmt.Sprintf(`{"notification":%s}`, notificationText(i)))
		}
		require.Equal(t, want, said)
	})
}
