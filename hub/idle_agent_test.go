package hub_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/hubtest"
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

func TestIdleAgent_ends_after_its_last_shared_session_was_closed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		first := r.host
		r.share(r.session.HostSessionID)
		advance(2 * time.Hour)
		r.host.do(&protocol.Close{}, nil)
		advance(2 * time.Hour)
		r.requireStatus(protocol.AgentIdle) // one of the two is still open
		first.do(&protocol.Close{}, nil)
		advance(59 * time.Minute)
		r.requireStatus(protocol.AgentIdle)
		advance(2 * time.Minute)
		<-r.agent.Exited()
		r.requireStatus(protocol.AgentExited)
	})
}

func TestIdleAgent_ends_after_its_last_shared_session_expired_out_of_memory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour, IdleAfter: time.Minute})
		r.host.do(&protocol.Close{}, nil)
		r.host.sub.Close()
		r.shareExpiring(120)
		advance(150 * time.Minute)
		r.requireStatus(protocol.AgentIdle)
		advance(time.Hour)
		<-r.agent.Exited()
		synctest.Wait()
		require.Zero(t, r.hub.SessionsInMemory(), "the host session has left memory")
	})
}

func TestIdleAgent_that_was_never_shared_ends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		alone, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
		require.NoError(t, err)
		r.nextAgent()
		advance(61 * time.Minute)
		<-r.agent.Exited()
		r.session.HostSessionID = alone.ID
		r.requireStatus(protocol.AgentExited)
	})
}

func TestIdleAgent_does_not_end_with_a_negative_AgentIdleAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: -1})
		r.host.do(&protocol.Close{}, nil)
		advance(1000 * time.Hour)
		r.requireStatus(protocol.AgentIdle)
	})
}

func TestIdleAgent_that_has_ended_starts_again_for_a_shared_session(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		r.host.do(&protocol.Prompt{Prompt: "hello"}, nil)
		r.endTurn(r.nextPrompt().Turn)
		synctest.Wait()
		r.host.do(&protocol.Close{}, nil)
		advance(2 * time.Hour)
		<-r.agent.Exited()
		r.share(r.session.HostSessionID)
		r.nextAgent()
		require.Equal(t, "theirs", r.agent.Spec.Load, "the agent continues its session")
		r.host.do(&protocol.Prompt{Prompt: "go on"}, nil)
		require.Equal(t, "go on", r.nextPrompt().Text)
		advance(2 * time.Hour)
		r.requireStatus(protocol.AgentRunning) // the shared session is open
	})
}

// slowStopAgents are agents that do not exit before end is closed.
type slowStopAgents struct {
	*hubtest.Agents
	end chan struct{}
}

type slowStopAgent struct {
	hub.Agent
	end chan struct{}
}

func (a *slowStopAgents) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	agent, err := a.Agents.Launch(ctx, spec, sink)
	return slowStopAgent{agent, a.end}, err
}

func (a slowStopAgent) Stop(ctx context.Context) error {
	<-a.end
	return a.Agent.Stop(ctx)
}

func TestIdleAgent_that_is_needed_while_it_ends_starts_again(t *testing.T) {
	for name, need := range map[string]func(*room){
		"for a shared session": func(*room) {},
		"for a prompt":         func(r *room) { r.host.do(&protocol.Prompt{Prompt: "wait for me"}, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				agents := &slowStopAgents{hubtest.NewAgents(), make(chan struct{})}
				r := newRoomOn(t, newJournal(), agents, hub.Options{AgentIdleAfter: time.Hour})
				r.agents = agents.Agents
				r.nextAgent()
				first := r.agent
				r.host.do(&protocol.Close{}, nil)
				advance(61 * time.Minute) // the hub has begun to stop the agent
				r.share(r.session.HostSessionID)
				need(r)
				synctest.Wait()
				require.Zero(t, first.Prompted(), "an agent that ends receives no prompt")
				close(agents.end)
				r.nextAgent()
				r.host.do(&protocol.Prompt{Prompt: "go on"}, nil)
				r.nextPrompt()
			})
		})
	}
}

func TestIdleAgent_open_shared_sessions_are_counted_again_after_a_restart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		r.restart()
		r.host = r.attach(&r.owner)
		r.host.do(&protocol.Prompt{Prompt: "hello"}, nil)
		r.nextAgent()
		advance(2 * time.Hour)
		r.requireStatus(protocol.AgentRunning)
		r.host.do(&protocol.Close{}, nil)
		advance(2 * time.Hour)
		<-r.agent.Exited()
	})
}

func TestIdleAgent_counting_shared_sessions_writes_no_events(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{AgentIdleAfter: time.Hour})
		host := sessionID(t, r.session.HostSessionID)
		before, err := r.journal.Head(t.Context(), host)
		require.NoError(t, err)
		rooms := []*client{r.host}
		for range 20 {
			r.share(r.session.HostSessionID)
			rooms = append(rooms, r.host)
		}
		for _, host := range rooms[1:] {
			host.do(&protocol.Close{}, nil)
		}
		advance(2 * time.Hour)
		after, err := r.journal.Head(t.Context(), host)
		require.NoError(t, err)
		require.Equal(t, before, after)
		r.requireStatus(protocol.AgentIdle)
		rooms[0].do(&protocol.Close{}, nil)
		advance(61 * time.Minute)
		<-r.agent.Exited()
	})
}
