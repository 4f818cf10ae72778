package hub_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/rules"
	"parley/protocol"
)

// silent is a room whose agent has a turn and has said something a moment ago.
func silent(t *testing.T, o hub.Options) (r *room, since time.Time, turn string) {
	r, _ = newRoom(t, o)
	r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
	turn = r.prompted().Turn
	pass(time.Minute)
	r.agent.Say(notification(1))
	event[*protocol.HostSessionUpdate](r.host)
	return r, time.Now(), turn
}

// quiet requires that people are told nothing of the agent for a time.
func (r *room) quiet(t *testing.T, d time.Duration) {
	before := r.host.again().welcome.Cursor
	pass(d)
	require.Equal(t, before, r.host.again().welcome.Cursor)
}

func TestSilence_is_told_once_with_its_beginning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, since, turn := silent(t, hub.Options{})
		pass(2*time.Minute + time.Second)
		told := event[*protocol.AgentStatusChanged](r.host)
		require.WithinDuration(t, since, *told.SilentSince, time.Second)
		require.Equal(t, protocol.AgentIdle, told.Status)
		hs, err := r.hub.HostSession(t.Context(), r.session.HostSessionID)
		require.NoError(t, err)
		require.Equal(t, told.SilentSince, hs.SilentSince)
		require.Equal(t, protocol.AgentRunning, hs.Status)
		r.quiet(t, time.Hour)

		r.agent.Say(notification(2))
		require.Nil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		event[*protocol.HostSessionUpdate](r.host)
		pass(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince, "a second silence is told as well")
		r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
		require.Nil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		event[*protocol.PromptDispatchCompleted](r.host)
		r.quiet(t, time.Hour)
	})
}

func TestSilence_of_an_agent_that_waits_for_people_is_none(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := silent(t, hub.Options{})
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		r.quiet(t, 20*time.Minute)
		r.host.say(&protocol.AnswerPermission{RequestID: "q", OptionID: "yes"}, nil)
		answered := time.Now()
		pass(3 * time.Minute)
		told := event[*protocol.AgentStatusChanged](r.host)
		require.WithinDuration(t, answered, *told.SilentSince, time.Second)
	})
}

// An answer reaches the agent only when it is durable, and the agent's silence does
// not count before that.
func TestSilence_does_not_begin_before_the_agent_has_its_answer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := silent(t, hub.Options{})
		r.agent.Say(question("q"))
		event[*protocol.PermissionRequested](r.host)
		r.quiet(t, 20*time.Minute)
		release := r.journal.(*hubtest.FaultyJournal).Hold()
		r.host.send(&protocol.AnswerPermission{RequestID: "q", OptionID: "yes"})
		pass(time.Second)
		release()
		answered := time.Now()
		pass(3 * time.Minute)
		told := event[*protocol.AgentStatusChanged](r.host)
		require.WithinDuration(t, answered, *told.SilentSince, 2*time.Second)
	})
}

func TestSilence_ends_with_the_agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := silent(t, hub.Options{})
		pass(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		r.host.say(&protocol.StopAgent{}, nil)
		exited := event[*protocol.AgentStatusChanged](r.host)
		for exited.Status != protocol.AgentExited {
			exited = event[*protocol.AgentStatusChanged](r.host)
		}
		require.Nil(t, exited.SilentSince)
	})
}

func TestSilence_ends_with_the_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := silent(t, hub.Options{})
		pass(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
		require.NotNil(t, r.host.again().welcome.Agent.SilentSince)
		r.host.say(&protocol.Close{}, nil)
		require.Nil(t, r.host.reads().welcome.Agent.SilentSince)
	})
}

func TestSilence_is_told_to_every_room_and_not_at_all_where_that_is_set(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := silent(t, hub.Options{})
		first := r.host
		r.share(r.session.HostSessionID)
		pass(3 * time.Minute)
		require.NotNil(t, event[*protocol.AgentStatusChanged](first).SilentSince)
		require.NotNil(t, event[*protocol.AgentStatusChanged](r.host).SilentSince)
	})
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := silent(t, hub.Options{SilenceAfter: -1})
		r.quiet(t, 24*time.Hour)
	})
}
