package hub_test

import (
	"slices"
	"sync"
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

// tryAgent makes a host session, and returns its id or the code of the refusal.
func (r *room) tryAgent() (id string, refused protocol.Code) {
	r.t.Helper()
	hs, err := r.hub.CreateHost(r.t.Context(), &protocol.CreateHostSession{Agent: "demo"}, "")
	if err != nil {
		return "", protocol.AsError(err).Code
	}
	r.nextAgent()
	return hs.ID, ""
}

func TestAgents_no_more_run_than_may(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 2})
		second, refused := r.tryAgent()
		require.Empty(t, refused)
		_, refused = r.tryAgent()
		require.Equal(t, protocol.CodeTooManyAgents, refused)
		require.True(t, protocol.Catalogue[refused].Retryable)
		for name, end := range map[string]func(){
			"is deleted":       func() { require.NoError(t, r.hub.DeleteHost(t.Context(), second)) },
			"ends by itself":   func() { r.agent.Exit(1) },
			"is stopped twice": func() { r.agent.Exit(1); require.NoError(t, r.hub.DeleteHost(t.Context(), second)) },
		} {
			end()
			synctest.Wait()
			second, refused = r.tryAgent()
			require.Empty(t, refused, "one %s", name)
			_, refused = r.tryAgent()
			require.Equal(t, protocol.CodeTooManyAgents, refused, "one %s", name)
		}
		list := all(t, r.hub.HostSessions(t.Context()))
		require.LessOrEqual(t, len(list), 4, "a refusal leaves no session behind")
	})
}

func TestAgents_a_start_that_fails_takes_no_place(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 2})
		r.agents.FailStarts(journal.ErrFull)
		for range 5 {
			_, refused := r.tryAgent()
			require.Equal(t, protocol.CodeAgentUnavailable, refused)
		}
		r.agents.FailStarts(nil)
		_, refused := r.tryAgent()
		require.Empty(t, refused)
	})
}

func TestAgents_many_starts_at_once_do_not_exceed_the_limit(t *testing.T) {
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

func TestAgents_a_prompt_for_which_no_agent_may_start_fails_with_the_reason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 1})
		r.agent.Exit(1)
		synctest.Wait()
		other, refused := r.tryAgent()
		require.Empty(t, refused)
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		failed := event[*protocol.PromptDispatchFailed](r.host)
		require.Contains(t, failed.Error, "the one agent that may run on this server is running; try again when one has ended")
		require.NoError(t, r.hub.DeleteHost(t.Context(), other))
		synctest.Wait()
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		r.nextAgent()
		r.prompted()
	})
}

// keyed makes a host session under a command id.
func (r *room) keyed(key, title string) (protocol.HostSession, error) {
	return r.hub.CreateHost(r.t.Context(), &protocol.CreateHostSession{Agent: "demo", Title: title}, key)
}

func TestCreateHost_again_under_the_same_key_starts_no_second_agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{MaxAgents: 2})
		first, err := r.keyed("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		same := func() {
			t.Helper()
			again, err := r.keyed("k", "mine")
			require.NoError(t, err, "also where no more agents may run")
			require.Equal(t, first, again)
			_, err = r.keyed("k", "another")
			require.Equal(t, protocol.CodeInvalidRequest, protocol.AsError(err).Code)
		}
		same()
		r.agent.Exit(1)
		synctest.Wait()
		same()
		r.restart()
		same()
		require.NoError(t, r.hub.DeleteHost(t.Context(), first.ID))
		_, err = r.keyed("k", "mine")
		require.Equal(t, protocol.CodeHostSessionNotFound, protocol.AsError(err).Code)
	})
}

func TestCreateHost_at_the_same_time_under_the_same_key_starts_one_agent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agents := &lateAgents{hubtest.NewAgents(), make(chan struct{})}
		r := &room{t: t, journal: newJournal(), agents: agents.Agents}
		t.Cleanup(func() { require.NoError(t, r.journal.Close()) })
		r.start(agents)
		answers := make(chan string, 3)
		for range 3 {
			go func() {
				hs, err := r.keyed("k", "mine")
				require.NoError(t, err)
				answers <- hs.ID
			}()
		}
		synctest.Wait()
		close(agents.ready)
		require.Equal(t, []string{<-answers}, unique(<-answers, <-answers))
		r.nextAgent()
		synctest.Wait()
		list := all(t, r.hub.HostSessions(t.Context()))
		require.Len(t, list, 1)
	})
}

func unique(all ...string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

func TestCreateHost_that_failed_is_tried_again_under_the_same_key(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.agents.FailStarts(journal.ErrFull)
		for range 2 {
			_, err := r.keyed("k", "mine")
			require.Equal(t, protocol.CodeAgentUnavailable, protocol.AsError(err).Code)
		}
		r.agents.FailStarts(nil)
		r.restart()
		first, err := r.keyed("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		again, err := r.keyed("k", "mine")
		require.NoError(t, err)
		require.Equal(t, first, again)
	})
}

func TestCreateHost_is_answered_with_what_was_known_then(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		first, err := r.keyed("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		r.agent.Say(rules.AgentUpdated{Facts: protocol.AgentFacts{SessionTitle: new("learnt later")}})
		pass(time.Minute)
		now, err := r.hub.HostSession(t.Context(), first.ID)
		require.NoError(t, err)
		require.NotEqual(t, first, now)
		for range 2 {
			again, err := r.keyed("k", "mine")
			require.NoError(t, err)
			require.Equal(t, first, again)
			r.restart()
		}
	})
}

// renamedAgents are an operator's after another configuration.
type renamedAgents struct{ *hubtest.Agents }

func (renamedAgents) Profiles() []hub.Profile { return []hub.Profile{{Name: "another"}} }

func TestCreateHost_is_answered_again_though_its_agent_is_no_longer_configured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		first, err := r.keyed("k", "mine")
		require.NoError(t, err)
		r.nextAgent()
		require.NoError(t, r.hub.Stop(t.Context()))
		r.start(renamedAgents{r.agents})
		again, err := r.keyed("k", "mine")
		require.NoError(t, err)
		require.Equal(t, first, again)
		_, err = r.keyed("new", "mine")
		require.Equal(t, protocol.CodeAgentNotFound, protocol.AsError(err).Code)
	})
}
