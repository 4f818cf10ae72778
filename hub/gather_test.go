package hub_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// streams has the agent stream the i-th piece of a text.
func (r *room) streams(i int) {
	n := notification(i)
	n.Streamed = true
	r.agent.Say(n)
}

// begins has the agent begin a turn with the first piece.
func (r *room) begins() {
	r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
	r.prompted()
	r.streams(0)
	synctest.Wait()
}

// story is what happened in the room, and when: each event by its type, or by
// what the agent said.
func (p *person) story(n int) (events []string, at []time.Time) {
	for len(events) < n {
		e := next[*protocol.Event](p)
		what := string(e.Type)
		if u, ok := e.Payload.(*protocol.HostSessionUpdate); ok {
			what = string(u.Notification)
		}
		events, at = append(events, what), append(at, e.Timestamp)
	}
	return events, at
}

func notified(i int) string { return string(notification(i).Raw) }

func TestStream_goes_on_in_pieces_that_have_come_together(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.begins()
		for i := range 3 {
			pass(15 * time.Millisecond)
			r.streams(i + 1)
		}
		event[*protocol.PromptDispatchStarted](r.host)
		said, at := r.host.story(4)
		require.Equal(t, []string{notified(0), notified(1), notified(2), notified(3)}, said)
		for i, want := range []time.Duration{0, 40, 40, 80} {
			require.Equal(t, want*time.Millisecond, at[i].Sub(at[0]), "event %d", i)
		}
	})
}

func TestStream_waits_for_nothing_when_something_else_comes(t *testing.T) {
	for name, other := range map[string]struct {
		said rules.AgentEvent
		want string
	}{
		"a notification":  {notification(2), notified(2)},
		"a question":      {question("q"), string(protocol.EventPermissionRequested)},
		"the agent's end": {rules.AgentExited{}, string(protocol.EventPromptDispatchFailed)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := newRoom(t, hub.Options{})
				r.begins()
				pass(time.Millisecond)
				r.streams(1)
				r.agent.Say(other.said)
				event[*protocol.PromptDispatchStarted](r.host)
				said, at := r.host.story(3)
				require.Equal(t, []string{notified(0), notified(1), other.want}, said)
				require.Equal(t, time.Millisecond, at[2].Sub(at[0]))
			})
		})
	}
}

func TestStream_ends_with_its_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		turn := r.prompted().Turn
		for i := range 3 {
			r.streams(i)
		}
		r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
		event[*protocol.PromptDispatchStarted](r.host)
		said, at := r.host.story(4)
		require.Equal(t, []string{notified(0), notified(1), notified(2), string(protocol.EventPromptDispatchCompleted)}, said)
		require.Equal(t, at[0], at[3])
	})
}

func TestStream_is_whole_when_the_hub_stops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.begins()
		for i := range 5 {
			r.streams(i + 1)
		}
		require.NoError(t, r.hub.Stop(t.Context()))
		id, err := journal.ParseSessionID(r.id)
		require.NoError(t, err)
		var said []string
		for rec, err := range r.journal.Read(t.Context(), id, 1) {
			require.NoError(t, err)
			if rec.Type == string(protocol.EventHostSessionUpdate) {
				said = append(said, string(rec.Public))
			}
		}
		var want []string
		for i := range 6 {
			want = append(want, fmt.Sprintf(`{"notification":%s}`, notified(i)))
		}
		require.Equal(t, want, said)
	})
}
