package hub_test

import (
	"context"
	"fmt"
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

func TestAgent_exits_in_a_turn_and_queued_prompts_run_in_a_new_process(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.do(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.do(&protocol.Prompt{Prompt: "two"}, nil)
		r.nextPrompt()
		synctest.Wait()
		r.agent.Exit(7)
		require.Equal(t, "the agent exited with code 7", event[*protocol.PromptDispatchFailed](r.host).Error)
		r.nextAgent()
		require.Equal(t, "two", r.nextPrompt().Text)
	})
}

func TestAgent_that_exits_during_its_start_fails_the_prompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agent.Exit(1)
		synctest.Wait()
		for range 8 {
			r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
			r.nextAgent()
			r.agent.Exit(1) // before or after the hub knows that the agent is ready
			event[*protocol.PromptDispatchFailed](r.host)
		}
	})
}

func TestAgent_that_does_not_start_fails_the_prompt_and_starts_for_the_next(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agent.Exit(1)
		synctest.Wait()
		r.agents.FailStarts(journal.ErrFull)
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		event[*protocol.PromptDispatchFailed](r.host)
		r.agents.FailStarts(nil)
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.nextPrompt()
	})
}

func TestAgent_error_codes_of_a_failed_start(t *testing.T) {
	r, _ := newRoom(t, hub.Options{})
	for err, want := range map[error]protocol.Code{
		rules.ErrCwdNotAllowed: protocol.CodeInvalidRequest, // a mistake of the client's
		rules.ErrNoCommand:     protocol.CodeAgentNotFound,  // a mistake of the operator's
		rules.ErrNoDir:         protocol.CodeAgentNotFound,  // as well
		rules.ErrAuthRequired:  protocol.CodeAgentAuthRequired,
		rules.ErrAgentFailed:   protocol.CodeAgentFailed,
		journal.ErrFull:        protocol.CodeAgentUnavailable,
	} {
		r.agents.FailStarts(fmt.Errorf("agent %q: %w", "demo", err))
		_, refusal := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Cwd: "/elsewhere"}, "")
		require.Equal(t, want, protocol.AsError(refusal).Code)
		require.Equal(t, err == rules.ErrCwdNotAllowed, protocol.AsError(refusal).Field == "cwd")
	}
}

func TestAgent_is_stopped_once_by_a_repeated_command(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		who := r.hostCredentials()
		stop := protocol.Request{ID: "same", Command: &protocol.StopAgent{}}
		first, err := r.do(who, stop)
		require.NoError(t, err)
		synctest.Wait()
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.nextPrompt()
		r.requireDuplicate(who, stop, first)
		synctest.Wait()
		hs, err := r.hub.HostSession(t.Context(), r.session.HostSessionID)
		require.NoError(t, err)
		require.Equal(t, protocol.AgentRunning, hs.Status, "the repetition does not stop the next agent")
	})
}

func TestAgent_that_ignores_a_cancellation_is_reported_as_unresponsive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		turn := r.startTurn().Turn
		event[*protocol.PromptDispatchStarted](r.host)
		r.host.do(&protocol.Cancel{}, nil)
		require.NoError(t, r.agent.NextCancel(t.Context()))
		advance(11 * time.Second)
		require.Equal(t, protocol.AgentUnresponsive, event[*protocol.AgentStatusChanged](r.host).Status)
		r.endTurn(turn)
		require.Equal(t, "cancelled", event[*protocol.PromptDispatchFailed](r.host).Error)
		require.Equal(t, protocol.AgentIdle, event[*protocol.AgentStatusChanged](r.host).Status)
	})
}

func TestAgent_of_a_deleted_host_session_exits_and_leaves_memory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.do(&protocol.Prompt{Prompt: "one"}, nil)
		r.host.do(&protocol.Prompt{Prompt: "two"}, nil)
		synctest.Wait()
		require.NoError(t, r.hub.DeleteHost(t.Context(), r.session.HostSessionID))
		<-r.agent.Exited()
		event[*protocol.PromptDispatchFailed](r.host)
		event[*protocol.PromptDispatchFailed](r.host)
		require.Equal(t, protocol.AgentExited, event[*protocol.AgentStatusChanged](r.host).Status)
		r.host.do(&protocol.Prompt{Prompt: "three"}, nil)
		require.Contains(t, event[*protocol.PromptDispatchFailed](r.host).Error, "deleted")
		r.host.sub.Close()
		advance(20 * time.Minute)
		require.Zero(t, r.hub.SessionsInMemory())
	})
}

// delayedAgents become ready when ready is closed, although the hub has given up the start.
type delayedAgents struct {
	*hubtest.Agents
	ready chan struct{} // closed by the test
}

func (a *delayedAgents) Launch(_ context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	<-a.ready
	return a.Agents.Launch(context.Background(), spec, sink)
}

func TestAgent_that_becomes_ready_while_the_hub_stops_is_stopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := &delayedAgents{hubtest.NewAgents(), make(chan struct{})}
		j := newJournal()
		defer j.Close()
		h := hub.New(j, agents, rules.Key{}, hub.Options{})
		require.NoError(t, h.Start(t.Context()))
		created := make(chan error, 1)
		go func() {
			_, err := h.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
			created <- err
		}()
		synctest.Wait()
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(context.Background()) }()
		synctest.Wait()
		close(agents.ready)
		require.NoError(t, <-stopped)
		require.Error(t, <-created)
		a, err := agents.Next(t.Context())
		require.NoError(t, err)
		<-a.Exited()
	})
}
