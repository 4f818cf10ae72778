package hub_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// requireStatus checks the status of the room's host session.
func (r *room) requireStatus(want protocol.AgentStatus) {
	r.t.Helper()
	hs, err := r.hub.HostSession(r.t.Context(), r.session.HostSessionID)
	require.NoError(r.t, err)
	require.Equal(r.t, want, hs.Status)
}

func TestAgent_ends_some_time_after_its_last_shared_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		first := r.host
		r.share(r.session.HostSessionID)
		pass(2 * time.Hour)
		r.host.say(&protocol.Close{}, nil)
		pass(2 * time.Hour)
		r.requireStatus(protocol.AgentIdle) // one of the two is open
		first.say(&protocol.Close{}, nil)
		pass(59 * time.Minute)
		r.requireStatus(protocol.AgentIdle)
		pass(2 * time.Minute)
		<-r.agent.Exited()
		r.requireStatus(protocol.AgentExited)
	})
}

func TestAgent_ends_some_time_after_its_last_shared_session_expired_asleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour, IdleAfter: time.Minute})
		r.host.say(&protocol.Close{}, nil)
		r.host.sub.Close()
		r.shareFor(120)
		pass(150 * time.Minute)
		r.requireStatus(protocol.AgentIdle)
		pass(time.Hour)
		<-r.agent.Exited()
		synctest.Wait()
		require.Zero(t, r.hub.Awake(), "nothing keeps the session in memory")
	})
}

func TestAgent_for_which_no_shared_session_is_made_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		alone, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
		require.NoError(t, err)
		r.nextAgent()
		pass(61 * time.Minute)
		<-r.agent.Exited()
		r.session.HostSessionID = alone.ID
		r.requireStatus(protocol.AgentExited)
	})
}

func TestAgent_is_left_alone_where_that_is_asked_for(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: -1})
		r.host.say(&protocol.Close{}, nil)
		pass(1000 * time.Hour)
		r.requireStatus(protocol.AgentIdle)
	})
}

func TestAgent_that_was_let_go_comes_back_for_a_new_shared_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		r.host.say(&protocol.Prompt{Prompt: "hello"}, nil)
		r.agent.Say(rules.AgentTurnEnded{Turn: r.prompted().Turn, StopReason: "end_turn"})
		synctest.Wait()
		r.host.say(&protocol.Close{}, nil)
		pass(2 * time.Hour)
		<-r.agent.Exited()
		r.share(r.session.HostSessionID)
		r.nextAgent()
		require.Equal(t, "theirs", r.agent.Spec.Load, "it goes on with its session")
		r.host.say(&protocol.Prompt{Prompt: "are you there?"}, nil)
		require.Equal(t, "are you there?", r.prompted().Text)
		pass(2 * time.Hour)
		r.requireStatus(protocol.AgentRunning) // the session is open
	})
}

// slowToEnd is an agent that takes its time to exit.
type slowToEnd struct {
	*hubtest.Agents
	end chan struct{}
}

type slowAgent struct {
	hub.Agent
	end chan struct{}
}

func (a *slowToEnd) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	agent, err := a.Agents.Launch(ctx, spec, sink)
	return slowAgent{agent, a.end}, err
}

func (a slowAgent) Stop(ctx context.Context) error {
	<-a.end
	return a.Agent.Stop(ctx)
}

func TestAgent_that_is_needed_again_while_it_ends_comes_back(t *testing.T) {
	for name, need := range map[string]func(*room){
		"for a shared session": func(*room) {},
		"for a prompt":         func(r *room) { r.host.say(&protocol.Prompt{Prompt: "wait for me"}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				agents := &slowToEnd{hubtest.NewAgents(), make(chan struct{})}
				r := newRoomOn(t, newJournal(), agents, hub.Options{AgentIdleAfter: time.Hour})
				r.agents = agents.Agents
				r.nextAgent()
				first := r.agent
				r.host.say(&protocol.Close{}, nil)
				pass(61 * time.Minute) // the agent is told to end, and does not yet
				r.share(r.session.HostSessionID)
				need(r)
				synctest.Wait()
				require.Zero(t, first.Prompted(), "an agent that ends is given no prompt")
				close(agents.end)
				r.nextAgent()
				r.host.say(&protocol.Prompt{Prompt: "go on"}, nil)
				r.prompted()
			})
		})
	}
}

func TestAgent_account_of_shared_sessions_is_settled_at_a_restart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		r.restart()
		r.host = r.attach(&r.owner)
		r.host.say(&protocol.Prompt{Prompt: "hello"}, nil)
		r.nextAgent()
		pass(2 * time.Hour)
		r.requireStatus(protocol.AgentRunning)
		r.host.say(&protocol.Close{}, nil)
		pass(2 * time.Hour)
		<-r.agent.Exited()
	})
}

func TestAgent_account_of_shared_sessions_does_not_grow_with_them(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		host, err := journal.ParseSessionID(r.session.HostSessionID)
		require.NoError(t, err)
		before, err := r.journal.Head(t.Context(), host)
		require.NoError(t, err)
		rooms := []*person{r.host}
		for range 20 {
			r.share(r.session.HostSessionID)
			rooms = append(rooms, r.host)
		}
		for _, host := range rooms[1:] {
			host.say(&protocol.Close{}, nil)
		}
		pass(2 * time.Hour)
		after, err := r.journal.Head(t.Context(), host)
		require.NoError(t, err)
		require.Equal(t, before, after)
		r.requireStatus(protocol.AgentIdle)
		rooms[0].say(&protocol.Close{}, nil)
		pass(61 * time.Minute)
		<-r.agent.Exited()
	})
}
