package hub_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
)

// frames passes events of the room's agent as a connector carries them, one in each frame.
type frames struct {
	r    *room
	next uint64
	done atomic.Int64 // how many need not be sent again
}

func (f *frames) say(e rules.AgentEvent) {
	f.next++
	f.again(f.next, e)
}

// again passes the event of a frame that was sent before.
func (f *frames) again(number uint64, e rules.AgentEvent) {
	f.r.agent.Say(rules.Framed{Event: e, Origin: rules.Origin{Run: 1, Frame: number}, Done: func() { f.done.Add(1) }})
}

func TestFrames_are_done_when_the_host_session_and_every_room_have_committed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		first := r.host
		r.share(r.session.HostSessionID)
		f := &frames{r: r}
		prompt := r.startTurn()
		synctest.Wait()
		release := j.Hold()
		f.say(notification(1))
		f.say(rules.AgentTurnEnded{Turn: prompt.Turn, StopReason: "end_turn"})
		synctest.Wait()
		require.Zero(t, f.done.Load())
		release()
		synctest.Wait()
		require.EqualValues(t, 2, f.done.Load())
		event[*protocol.HostSessionUpdate](first)
		event[*protocol.HostSessionUpdate](r.host)
		event[*protocol.PromptDispatchCompleted](r.host)
	})
}

func TestFrames_without_a_room_are_done_at_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.do(&protocol.Close{}, nil)
		synctest.Wait()
		f := &frames{r: r}
		f.say(notification(1))
		synctest.Wait()
		require.EqualValues(t, 1, f.done.Load())
	})
}

func TestFrames_that_are_sent_again_change_nothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		f := &frames{r: r}
		f.say(notification(1))
		f.say(permissionRequest("q"))
		f.say(notification(2))
		for number, e := range []rules.AgentEvent{notification(1), permissionRequest("q"), notification(2)} {
			f.again(uint64(number+1), e)
		}
		f.say(notification(3))
		synctest.Wait()
		require.EqualValues(t, f.next+3, f.done.Load())
		for i := range 3 {
			require.Equal(t, notificationText(i+1), string(event[*protocol.HostSessionUpdate](r.host).Notification))
		}
		require.False(t, r.host.hasOutput())
		r.host.requireContiguous()
	})
}
