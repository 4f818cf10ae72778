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

// titleUpdate returns an agent's facts with a title and a command.
func titleUpdate(title string) rules.AgentUpdated {
	return rules.AgentUpdated{Facts: protocol.AgentFacts{
		SessionTitle:          &title,
		AvailableCommands:     []protocol.AvailableCommand{{Name: "review"}},
		AvailableCommandTotal: new(1),
	}}
}

// usageUpdate returns an agent's facts with its usage.
func usageUpdate(tokens int64) rules.AgentUpdated {
	return rules.AgentUpdated{Facts: protocol.AgentFacts{Usage: &protocol.AgentUsage{Used: tokens, Size: 1000}}}
}

// newUnsharedAgent returns a room, and a further host session without a shared session. The
// room continues with the latter's agent.
func newUnsharedAgent(t *testing.T) (r *room, hostSession string) {
	r, _ = newRoom(t, hub.Options{})
	hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Title: "Typed"}, "")
	require.NoError(t, err)
	r.nextAgent()
	return r, hs.ID
}

func TestFacts_reach_every_shared_session_whenever_it_opens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, agent := newUnsharedAgent(t)
		r.agent.Say(titleUpdate("Before any session"))
		synctest.Wait()
		hs, err := r.hub.HostSession(t.Context(), agent)
		require.NoError(t, err)
		require.Equal(t, "Before any session", *hs.Facts.SessionTitle)
		require.Equal(t, "Typed", hs.Title, "the agent's title does not replace that of the creation")

		r.share(agent)
		first := r.host
		require.Equal(t, protocol.AgentIdle, first.welcome.Agent.Status)
		require.Equal(t, "review", first.welcome.Agent.AvailableCommands[0].Name)
		advance(2 * time.Second)
		r.agent.Say(titleUpdate("While one is open"))
		changed := event[*protocol.AgentUpdated](first)
		require.Equal(t, "While one is open", *changed.SessionTitle)
		require.Nil(t, changed.AvailableCommands, "only facts that have changed")

		first.do(&protocol.Close{}, nil)
		synctest.Wait()
		r.agent.Say(usageUpdate(7))
		r.agent.Say(titleUpdate("Between sessions"))
		r.share(agent)
		synctest.Wait()
		guest := r.join("ben")
		require.Equal(t, "Between sessions", *guest.welcome.Agent.SessionTitle)
		require.Equal(t, int64(7), guest.welcome.Agent.Usage.Used, "the usage is reported at the latest when a session opens")
	})
}

func TestFacts_are_in_the_history_of_a_session_that_opens_later(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, agent := newUnsharedAgent(t)
		r.agent.Say(titleUpdate("A title"))
		synctest.Wait()
		r.share(agent)
		var past protocol.HistoryAnswer
		r.host.do(&protocol.History{Limit: 10}, &past)
		require.Len(t, past.Events, 2)
		require.Contains(t, string(past.Events[1]), `"type":"agent_updated"`)
		require.Contains(t, string(past.Events[1]), `"review"`)
	})
}

func TestFacts_survive_a_restart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, agent := newUnsharedAgent(t)
		r.agent.Say(titleUpdate("At once"))
		synctest.Wait()
		r.agent.Say(titleUpdate("In the last second")) // still gathered when the server stops
		r.agent.Say(usageUpdate(9))
		synctest.Wait()
		r.restart()
		listed := collect(t, r.hub.HostSessions(t.Context()))
		require.Contains(t, fmt.Sprintf("%s", listed), "In the last second")
		r.share(agent)
		require.Equal(t, "In the last second", *r.host.welcome.Agent.SessionTitle)
		require.Equal(t, int64(9), r.host.welcome.Agent.Usage.Used)
		require.Equal(t, "review", r.join("ben").welcome.Agent.AvailableCommands[0].Name)
	})
}

func TestFacts_lead_to_at_most_one_event_a_second(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		for i := range 100 {
			r.agent.Say(titleUpdate(fmt.Sprint("title ", i)))
			r.agent.Say(usageUpdate(int64(i)))
			advance(100 * time.Millisecond)
		}
		advance(2 * time.Second)
		r.host.do(&protocol.Chat{Text: "enough"}, nil)
		var changes []protocol.AgentFacts
		for _, p := range r.payloads() {
			if changed, ok := p.(*protocol.AgentUpdated); ok {
				changes = append(changes, changed.AgentFacts)
			}
		}
		require.LessOrEqual(t, len(changes), 12, "in ten seconds")
		require.Equal(t, "title 99", *changes[len(changes)-1].SessionTitle, "the newest facts are not lost")
		for _, c := range changes {
			require.Nil(t, c.Usage, "no turn has ended")
		}
	})
}

// payloads returns the payloads of all events of the shared session.
func (r *room) payloads() (all []protocol.Payload) {
	var past protocol.HistoryAnswer
	r.host.do(&protocol.History{Limit: 500}, &past)
	for _, line := range past.Events {
		m, err := protocol.DecodeServer(line)
		require.NoError(r.t, err)
		all = append(all, m.(*protocol.Event).Payload)
	}
	return all
}

func TestFacts_usage_is_reported_at_the_end_of_the_turn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		turn := r.startTurn().Turn
		for i := range 50 {
			r.agent.Say(usageUpdate(int64(i)))
			advance(time.Second)
		}
		r.endTurn(turn)
		event[*protocol.PromptDispatchCompleted](r.host)
		events := 0
		for _, p := range r.payloads() {
			if changed, ok := p.(*protocol.AgentUpdated); ok && changed.Usage != nil {
				events++
				require.Equal(t, int64(49), changed.Usage.Used)
			}
		}
		require.Equal(t, 1, events)
	})
}

func TestFacts_survive_a_failure_of_the_journal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		j.FailUnwritten(3, journal.ErrUnavailable)
		r.agent.Say(titleUpdate("older"))
		synctest.Wait()
		r.agent.Say(titleUpdate("newer"))
		advance(3 * time.Second)
		require.Equal(t, "newer", *r.host.reconnect().welcome.Agent.SessionTitle)
	})
}
