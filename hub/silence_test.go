package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/protocol"
)

// newQuietAgent returns a room whose agent has just sent a message in a turn.
func newQuietAgent(t *testing.T, o hub.Options) (r *room, since time.Time, turn string) {
	r, _ = newRoom(t, o)
	turn = r.startTurn().Turn
	advance(time.Minute)
	r.agent.Say(notification(1))
	event[*protocol.HostSessionUpdate](r.host)
	return r, time.Now(), turn
}

// requireNoEvents checks that the shared session has no event for a time.
func (r *room) requireNoEvents(t *testing.T, d time.Duration) {
	before := r.host.reconnect().welcome.Cursor
	advance(d)
	require.Equal(t, before, r.host.reconnect().welcome.Cursor)
}

func TestSilence_is_reported_once_with_its_beginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, since, turn := newQuietAgent(t, hub.Options{})
		advance(2*time.Minute + time.Second)
		status := event[*protocol.AgentStatusChanged](r.host)
		require.WithinDuration(t, since, *status.SilentSince, time.Second)
		require.Equal(t, protocol.AgentIdle, status.Status)
		hs, err := r.hub.HostSession(t.Context(), r.session.HostSessionID)
		require.NoError(t, err)
		require.Equal(t, status.SilentSince, hs.SilentSince)
		require.Equal(t, protocol.AgentRunning, hs.Status)
		r.requireNoEvents(t, time.Hour)

		r.agent.Say(notification(2))
		require.Nil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		event[*protocol.HostSessionUpdate](r.host)
		advance(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince, "a second silence is reported as well")
		r.endTurn(turn)
		require.Nil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		event[*protocol.PromptDispatchCompleted](r.host)
		r.requireNoEvents(t, time.Hour)
	})
}

func TestSilence_does_not_count_while_a_permission_request_waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := newQuietAgent(t, hub.Options{})
		r.askPermission("q")
		r.requireNoEvents(t, 20*time.Minute)
		r.host.do(&protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}, nil)
		answered := time.Now()
		advance(3 * time.Minute)
		status := event[*protocol.AgentStatusChanged](r.host)
		require.WithinDuration(t, answered, *status.SilentSince, time.Second)
	})
}

// The agent receives an answer only when it is durable, and its silence counts from then.
func TestSilence_begins_when_the_agent_receives_its_answer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := newQuietAgent(t, hub.Options{})
		r.askPermission("q")
		r.requireNoEvents(t, 20*time.Minute)
		release := r.journal.(*hubtest.FaultyJournal).Hold()
		r.host.send(&protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
		advance(time.Second)
		release()
		answered := time.Now()
		advance(3 * time.Minute)
		status := event[*protocol.AgentStatusChanged](r.host)
		require.WithinDuration(t, answered, *status.SilentSince, 2*time.Second)
	})
}

func TestSilence_ends_with_the_agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := newQuietAgent(t, hub.Options{})
		advance(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		r.host.do(&protocol.StopAgent{}, nil)
		exited := event[*protocol.AgentStatusChanged](r.host)
		for exited.Status != protocol.AgentExited {
			exited = event[*protocol.AgentStatusChanged](r.host)
		}
		require.Nil(t, exited.SilentSince)
	})
}

func TestSilence_ends_with_the_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := newQuietAgent(t, hub.Options{})
		advance(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		require.NotNil(t, r.host.reconnect().welcome.Agent.SilentSince)
		r.host.do(&protocol.Close{}, nil)
		require.Nil(t, r.host.attachReadOnly().welcome.Agent.SilentSince)
	})
}

func TestSilence_is_reported_to_every_shared_session_unless_disabled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := newQuietAgent(t, hub.Options{})
		first := r.host
		r.share(r.session.HostSessionID)
		advance(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](first).SilentSince)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
	})
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := newQuietAgent(t, hub.Options{SilenceAfter: -1})
		r.requireNoEvents(t, 24*time.Hour)
	})
}
