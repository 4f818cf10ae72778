package hub_test

import (
	"context"
	"slices"
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

// createWithKey creates a host session under a command id.
func (r *room) createWithKey(key, title string) (protocol.HostSession, error) {
	return r.hub.CreateHost(r.t.Context(), &protocol.CreateHostSession{Agent: "demo", Title: title}, key)
}

func TestCreateHost_a_repetition_starts_no_second_agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 2})
		first, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		same := func() {
			t.Helper()
			again, err := r.createWithKey("k", "mine")
			require.NoError(t, err, "although no further agent may run")
			require.Equal(t, first, again)
			_, err = r.createWithKey("k", "another")
			requireCode(t, protocol.CodeInvalidRequest, err)
		}
		same()
		r.agent.Exit(1)
		synctest.Wait()
		same()
		r.restart()
		same()
		require.NoError(t, r.hub.DeleteHost(t.Context(), first.ID))
		_, err = r.createWithKey("k", "mine")
		requireCode(t, protocol.CodeHostSessionNotFound, err)
	})
}

func TestCreateHost_waits_as_long_as_the_agent_takes_to_start(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := &delayedAgents{hubtest.NewAgents(), make(chan struct{})}
		r := newEmptyRoom(t, agents, agents.Agents, hub.Options{})
		time.AfterFunc(time.Hour, func() { close(agents.ready) })
		hs, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		require.Equal(t, protocol.AgentIdle, hs.Status)
		r.nextAgent()
	})
}

// exitingAgents exit before the hub knows that they are ready.
type exitingAgents struct{ *hubtest.Agents }

func (a exitingAgents) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	agent, err := a.Agents.Launch(ctx, spec, sink)
	if err == nil {
		agent.(*hubtest.Agent).Exit(3)
	}
	return agent, err
}

func TestCreateHost_fails_if_the_agent_exits_before_it_is_ready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := exitingAgents{hubtest.NewAgents()}
		r := newEmptyRoom(t, agents, agents.Agents, hub.Options{MaxAgents: 1})
		for range 3 { // each start gives its slot back
			_, err := r.createWithKey("k", "mine")
			requireCode(t, protocol.CodeAgentUnavailable, err)
			require.ErrorContains(t, err, "the agent exited with code 3")
			r.nextAgent()
			synctest.Wait()
		}
	})
}

func TestCreateHost_concurrent_repetitions_start_one_agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := &delayedAgents{hubtest.NewAgents(), make(chan struct{})}
		r := newEmptyRoom(t, agents, agents.Agents, hub.Options{})
		answers := make(chan string, 3)
		for range 3 {
			go func() {
				hs, err := r.createWithKey("k", "mine")
				require.NoError(t, err)
				answers <- hs.ID
			}()
		}
		synctest.Wait()
		close(agents.ready)
		require.Equal(t, []string{<-answers}, unique(<-answers, <-answers))
		r.nextAgent()
		synctest.Wait()
		list := collect(t, r.hub.HostSessions(t.Context()))
		require.Len(t, list, 1)
	})
}

// unique returns the distinct values.
func unique(all ...string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

func TestCreateHost_a_repetition_after_a_failure_tries_again(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agents.FailStarts(journal.ErrFull)
		for range 2 {
			_, err := r.createWithKey("k", "mine")
			requireCode(t, protocol.CodeAgentUnavailable, err)
		}
		r.agents.FailStarts(nil)
		r.restart()
		first, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		again, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}

func TestCreateHost_a_repetition_returns_the_first_answer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		first, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		r.agent.Say(rules.AgentUpdated{Facts: protocol.AgentFacts{SessionTitle: new("a later title")}})
		advance(time.Minute)
		now, err := r.hub.HostSession(t.Context(), first.ID)
		require.NoError(t, err)
		require.NotEqual(t, first, now)
		for range 2 {
			again, err := r.createWithKey("k", "mine")
			require.NoError(t, err)
			require.Equal(t, first, again)
			r.restart()
		}
	})
}

// renamedAgents are configured under another name.
type renamedAgents struct{ *hubtest.Agents }

func (renamedAgents) Profiles() []protocol.AgentProfile {
	return []protocol.AgentProfile{{Name: "another"}}
}

func TestCreateHost_a_repetition_succeeds_although_the_agent_is_no_longer_configured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		first, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		require.NoError(t, r.hub.Stop(t.Context()))
		r.start(renamedAgents{r.agents})
		again, err := r.createWithKey("k", "mine")
		require.NoError(t, err)
		require.Equal(t, first, again)
		_, err = r.createWithKey("new", "mine")
		requireCode(t, protocol.CodeAgentNotFound, err)
	})
}

// slowSummaries answers no request for a summary before release is closed.
type slowSummaries struct {
	journal.Journal
	asked, release chan struct{}
}

func (j slowSummaries) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	select {
	case j.asked <- struct{}{}:
	default:
	}
	<-j.release
	return j.Journal.Summary(ctx, id)
}

func TestCreateHost_while_the_session_is_looked_for(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := slowSummaries{newJournal(), make(chan struct{}, 1), make(chan struct{})}
		t.Cleanup(func() { require.NoError(t, slow.Close()) })
		r := &room{t: t, journal: slow, agents: hubtest.NewAgents()}
		r.start(r.agents)
		looked := make(chan error, 1)
		go func() {
			_, err := r.hub.HostSession(t.Context(), r.hub.ConnectedHostID("k").String())
			looked <- err
		}()
		<-slow.asked
		created := make(chan error, 1)
		go func() {
			_, err := r.hub.CreateConnected(t.Context(), "k", rules.ConnectorSeat{}, &protocol.CreateHostSession{Agent: "demo", Permissions: protocol.PermissionsAsk})
			created <- err
		}()
		synctest.Wait()
		close(slow.release)
		requireCode(t, protocol.CodeHostSessionNotFound, <-looked)
		require.NoError(t, <-created)
	})
}
