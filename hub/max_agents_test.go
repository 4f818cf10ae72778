package hub_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
)

// createAgent creates a host session, and returns its id or the code of the error.
func (r *room) createAgent() (id string, refused protocol.Code) {
	r.t.Helper()
	hs, err := r.hub.CreateHost(r.t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
	if err != nil {
		return "", protocol.AsError(err).Code
	}
	r.nextAgent()
	return hs.ID, ""
}

func TestMaxAgents_bounds_the_agents_that_run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 2})
		second, refused := r.createAgent()
		require.Empty(t, refused)
		_, refused = r.createAgent()
		require.Equal(t, protocol.CodeTooManyAgents, refused)
		require.True(t, protocol.Catalogue[refused].Retryable)
		for name, end := range map[string]func(){
			"is deleted":           func() { require.NoError(t, r.hub.DeleteHost(t.Context(), second)) },
			"exits":                func() { r.agent.Exit(1) },
			"exits and is deleted": func() { r.agent.Exit(1); require.NoError(t, r.hub.DeleteHost(t.Context(), second)) },
		} {
			end()
			synctest.Wait()
			second, refused = r.createAgent()
			require.Empty(t, refused, "after one %s", name)
			_, refused = r.createAgent()
			require.Equal(t, protocol.CodeTooManyAgents, refused, "after one %s", name)
		}
		list := collect(t, r.hub.HostSessions(t.Context()))
		require.LessOrEqual(t, len(list), 4, "a refused creation leaves no session")
	})
}

func TestMaxAgents_a_failed_start_does_not_count(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 2})
		r.agents.FailStarts(journal.ErrFull)
		for range 5 {
			_, refused := r.createAgent()
			require.Equal(t, protocol.CodeAgentUnavailable, refused)
		}
		r.agents.FailStarts(nil)
		_, refused := r.createAgent()
		require.Empty(t, refused)
	})
}

func TestMaxAgents_bounds_concurrent_starts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 4})
		var mu sync.Mutex
		var all sync.WaitGroup
		codes := map[protocol.Code]int{}
		for range 10 {
			all.Go(func() {
				_, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					codes[""]++
				} else {
					codes[protocol.AsError(err).Code]++
				}
			})
		}
		all.Wait()
		require.Equal(t, map[protocol.Code]int{"": 3, protocol.CodeTooManyAgents: 7}, codes)
	})
}

func TestMaxAgents_a_prompt_whose_agent_may_not_start_fails_with_the_reason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 1})
		r.agent.Exit(1)
		synctest.Wait()
		other, refused := r.createAgent()
		require.Empty(t, refused)
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		failed := event[*protocol.PromptDispatchFailed](r.host)
		require.Contains(t, failed.Error, "the one agent that may run on this server is running; try again when one has ended")
		require.NoError(t, r.hub.DeleteHost(t.Context(), other))
		synctest.Wait()
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.nextPrompt()
	})
}
