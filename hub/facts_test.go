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

// announced is what an agent may say of itself.
func announced(title string) rules.AgentUpdated {
	return rules.AgentUpdated{Facts: protocol.AgentFacts{
		SessionTitle:          &title,
		AvailableCommands:     []protocol.AvailableCommand{{Name: "review"}},
		AvailableCommandTotal: new(1),
	}}
}

func usage(tokens int64) rules.AgentUpdated {
	return rules.AgentUpdated{Facts: protocol.AgentFacts{Usage: &protocol.AgentUsage{Used: tokens, Size: 1000}}}
}

// bare is a room's hub with an agent that nobody has opened a room on.
func bare(t *testing.T) (*room, string) {
	r, _ := newRoom(t, hub.Options{})
	hs, err := r.hub.CreateHost(t.Context(), &protocol.CreateHostSession{Agent: "demo", Title: "Typed"}, "")
	require.NoError(t, err)
	r.nextAgent()
	return r, hs.ID
}

func TestFacts_reach_every_room_whenever_it_opens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, agent := bare(t)
		r.agent.Say(announced("Before any room"))
		synctest.Wait()
		hs, err := r.hub.HostSession(t.Context(), agent)
		require.NoError(t, err)
		require.Equal(t, "Before any room", *hs.Facts.SessionTitle)
		require.Equal(t, "Typed", hs.Title, "the agent's title does not replace the one that was given")

		r.share(agent)
		first := r.host
		require.Equal(t, protocol.AgentIdle, first.welcome.Agent.Status)
		require.Equal(t, "review", first.welcome.Agent.AvailableCommands[0].Name)
		pass(2 * time.Second)
		r.agent.Say(announced("While one is open"))
		changed := event[*protocol.AgentUpdated](first)
		require.Equal(t, "While one is open", *changed.SessionTitle)
		require.Nil(t, changed.AvailableCommands, "only what is new")

		first.say(&protocol.Close{}, nil)
		synctest.Wait()
		r.agent.Say(usage(7))
		r.agent.Say(announced("Between rooms"))
		r.share(agent)
		synctest.Wait()
		guest := r.join("ben")
		require.Equal(t, "Between rooms", *guest.welcome.Agent.SessionTitle)
		require.Equal(t, int64(7), guest.welcome.Agent.Usage.Used, "usage too, whatever has become of the turn")
	})
}

func TestFacts_are_in_the_history_of_a_room_that_opened_later(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, agent := bare(t)
		r.agent.Say(announced("A title"))
		synctest.Wait()
		r.share(agent)
		var past protocol.HistoryAnswer
		r.host.say(&protocol.History{Limit: 10}, &past)
		require.Len(t, past.Events, 2)
		require.Contains(t, string(past.Events[1]), `"type":"agent_updated"`)
		require.Contains(t, string(past.Events[1]), `"review"`)
	})
}

func TestFacts_outlive_the_server(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, agent := bare(t)
		r.agent.Say(announced("At once"))
		synctest.Wait()
		r.agent.Say(announced("In the last second")) // is still gathered when the server stops
		r.agent.Say(usage(9))
		synctest.Wait()
		r.restart()
		listed := all(t, r.hub.HostSessions(t.Context()))
		require.Contains(t, fmt.Sprintf("%s", listed), "In the last second")
		r.share(agent)
		require.Equal(t, "In the last second", *r.host.welcome.Agent.SessionTitle)
		require.Equal(t, int64(9), r.host.welcome.Agent.Usage.Used)
		require.Equal(t, "review", r.join("ben").welcome.Agent.AvailableCommands[0].Name)
	})
}

func TestFacts_change_once_a_second_at_most(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		for i := range 100 {
			r.agent.Say(announced(fmt.Sprint("title ", i)))
			r.agent.Say(usage(int64(i)))
			pass(100 * time.Millisecond)
		}
		pass(2 * time.Second)
		r.host.say(&protocol.Chat{Text: "enough"}, nil)
		var changes []protocol.AgentFacts
		for _, p := range r.payloads() {
			if changed, ok := p.(*protocol.AgentUpdated); ok {
				changes = append(changes, changed.AgentFacts)
			}
		}
		require.LessOrEqual(t, len(changes), 12, "in ten seconds")
		require.Equal(t, "title 99", *changes[len(changes)-1].SessionTitle, "the newest is told in the end")
		for _, c := range changes {
			require.Nil(t, c.Usage, "no turn has ended")
		}
	})
}

// payloads are those of all events of the room.
func (r *room) payloads() (all []protocol.Payload) {
	var past protocol.HistoryAnswer
	r.host.say(&protocol.History{Limit: 500}, &past)
	for _, line := range past.Events {
		m, err := protocol.DecodeServer(line)
		require.NoError(r.t, err)
		all = append(all, m.(*protocol.Event).Payload)
	}
	return all
}

func TestFacts_usage_is_told_when_the_turn_has_ended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		r.host.say(&protocol.Prompt{Prompt: "go"}, nil)
		turn := r.prompted().Turn
		for i := range 50 {
			r.agent.Say(usage(int64(i)))
			pass(time.Second)
		}
		r.agent.Say(rules.AgentTurnEnded{Turn: turn, StopReason: "end_turn"})
		event[*protocol.PromptDispatchCompleted](r.host)
		told := 0
		for _, p := range r.payloads() {
			if changed, ok := p.(*protocol.AgentUpdated); ok {
				told++
				require.Equal(t, int64(49), changed.Usage.Used)
			}
		}
		require.Equal(t, 1, told)
	})
}

func TestFacts_are_kept_when_the_journal_fails_for_a_while(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, j := newRoom(t, hub.Options{})
		j.FailUnwritten(3, journal.ErrUnavailable)
		r.agent.Say(announced("older"))
		synctest.Wait()
		r.agent.Say(announced("newer"))
		pass(3 * time.Second)
		require.Equal(t, "newer", *r.host.again().welcome.Agent.SessionTitle)
	})
}
