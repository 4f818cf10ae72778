package host_test

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// commandsNamed are facts with one slash command.
func commandsNamed(name string) protocol.AgentFacts {
	return protocol.AgentFacts{AvailableCommands: []protocol.AvailableCommand{{Name: name}}, AvailableCommandTotal: new(1)}
}

func titled(title string) protocol.AgentFacts { return protocol.AgentFacts{SessionTitle: &title} }

func used(tokens int64) protocol.AgentFacts {
	return protocol.AgentFacts{Usage: &protocol.AgentUsage{Used: tokens, Size: 1000}}
}

func TestHost_facts_are_bounded_and_the_newest_of_each_is_kept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rulestest.NewNetwork(t, rules.Settings{}, 1)
		var want protocol.AgentFacts
		for range rapid.IntRange(1, 4).Draw(t, "announcements") {
			facts := rulestest.DrawFacts(t)
			want.Merge(facts.Bounded())
			w.Do(w.Host, host.FactsLearned{Facts: facts})
			require.Equal(t, string(rules.RawJSON(want)), string(rules.RawJSON(w.HostState().Session.Facts)))
			require.Less(t, len(rules.RawJSON(w.Host.State)), 260<<10, "the state is bounded whatever is announced")
		}
		w.DeliverAll()
		require.Less(t, len(rules.RawJSON(w.Shared[0].State)), 260<<10)
		require.Equal(t, string(rules.RawJSON(want)), string(rules.RawJSON(w.Shared[0].SharedState().Facts)))
	})
}

func TestHost_facts(t *testing.T) {
	t.Run("are told to every room, and once", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.Len(t, rulestest.MessagesOf[rules.AgentFactsChanged](s.Do(s.Host, host.FactsLearned{Facts: commandsNamed("review")})), 1)
		require.Empty(t, s.Do(s.Host, host.FactsLearned{Facts: commandsNamed("review")}).Events, "nothing is new")
		s.DeliverAll()
		require.Equal(t, "review", s.State.Facts.AvailableCommands[0].Name)
	})
	t.Run("are told to a room that opens later, with its first event", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Do(s.Host, host.FactsLearned{Facts: commandsNamed("review")})
		n := rulestest.NewSession(journal.SessionID{1, 9}, journal.KindShared, s.Host.Settings)
		d := s.Do(n, shared.Create{
			Body:  &protocol.CreateSharedSession{HostSessionID: s.Host.ID.String(), HostUserID: "ada"},
			Agent: protocol.AgentIdle, Facts: s.HostState().Session.Facts,
		})
		require.Equal(t, []protocol.EventType{protocol.EventSharedSessionCreated, protocol.EventAgentUpdated}, rulestest.EventTypes(d))
		require.Empty(t, s.Do(n, rules.AgentFactsChanged{Facts: s.HostState().Session.Facts}).Events, "the host session's greeting tells nothing new")
	})
	t.Run("are told to a room that missed them in a crash", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.EffectsLeft = 0
		s.Do(s.Host, host.FactsLearned{Facts: titled("Discounts")})
		s.Crash()
		s.DeliverAll()
		require.Equal(t, "Discounts", *s.Session.SharedState().Facts.SessionTitle)
	})
	t.Run("come before what is decided with them", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		id := s.RunPrompt()
		d := s.Do(s.Host, host.NewLearnedBefore(used(7), host.AgentReported{Event: rules.AgentTurnEnded{Turn: id, StopReason: "end_turn"}}))
		require.Equal(t, []protocol.EventType{protocol.EventAgentUpdated, "turn_over"}, rulestest.EventTypes(d))
		d = s.Do(s.Host, host.NewLearnedBefore(titled("Later"), rules.SharedOpened{Shared: s.Session.ID}))
		require.Equal(t, "Later", *rulestest.MessagesOf[rules.AgentFactsChanged](d)[1].Facts.SessionTitle, "who is greeted hears of them")
	})
	t.Run("are not noted of a session that was deleted", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Do(s.Host, host.Delete{})
		require.Empty(t, s.Do(s.Host, host.FactsLearned{Facts: titled("x")}).Events)
		require.Empty(t, s.Do(s.Host, host.NewLearnedBefore(titled("x"), rules.Shutdown{})).Events)
	})
	t.Run("are no events in a room that has ended", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		require.Empty(t, s.Do(s.Session, rules.AgentFactsChanged{Facts: titled("x")}).Events)
	})
	t.Run("stand in the answer to the creation", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.AgentReports(rules.AgentExited{})
		d := s.Do(s.Host, host.NewLearnedBefore(titled("x"), host.Launched{SessionID: "theirs"}))
		i := slices.IndexFunc(d.Effects, func(e rules.Effect) bool { _, ok := e.(rules.Release); return ok })
		require.Equal(t, "x", *d.Effects[i].(rules.Release).Answer.(*protocol.HostSessionAnswer).Session.Facts.SessionTitle)
	})
}

func TestStates_of_before_facts_were_kept_can_be_read(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	for _, n := range []*rulestest.Session{s.Session, s.Host} {
		older := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(n.EncodedState(t)), &older))
		delete(older, "Facts")
		restored := n.NewState()
		require.NoError(t, restored.Restore(rules.RawJSON(older)))
	}
}

func TestGatheredFacts(t *testing.T) {
	says := func(f protocol.AgentFacts) host.AgentReported {
		return host.AgentReported{Event: rules.AgentUpdated{Facts: f}}
	}
	for name, test := range map[string]func(t *testing.T, g *host.FactBuffer){
		"the first come at once, the next wait for a second": func(t *testing.T, g *host.FactBuffer) {
			require.Equal(t, host.FactsLearned{Facts: titled("a")}, g.Combine(says(titled("a")), time.Now()))
			require.Nil(t, g.Combine(says(titled("b")), time.Now()))
			require.Nil(t, g.Combine(says(titled("c")), time.Now()))
			require.Equal(t, time.Now().Add(time.Second), g.Due())
			time.Sleep(time.Second)
			facts, some := g.TakeDue(time.Now())
			require.True(t, some)
			require.Equal(t, titled("c"), facts, "the newest")
			require.True(t, g.Due().IsZero())
		},
		"usage waits for the end of the turn": func(t *testing.T, g *host.FactBuffer) {
			require.Nil(t, g.Combine(says(used(1)), time.Now()))
			require.Nil(t, g.Combine(says(used(2)), time.Now()))
			require.True(t, g.Due().IsZero())
			end := host.AgentReported{Event: rules.AgentTurnEnded{Turn: "a"}}
			require.Equal(t, host.NewLearnedBefore(used(2), end), g.Combine(end, time.Now()))
			require.Equal(t, end, g.Combine(end, time.Now()), "once")
		},
		"whoever opens a room, and the next process, get everything": func(t *testing.T, g *host.FactBuffer) {
			for _, body := range []rules.Body{rules.SharedOpened{}, rules.Shutdown{}, host.Launched{}, host.LaunchFailed{}, host.AgentReported{Event: rules.AgentExited{}}} {
				g.Block(time.Now())
				g.Combine(says(used(3)), time.Now())
				g.Combine(says(titled("t")), time.Now())
				want := titled("t")
				want.Usage = used(3).Usage
				require.Equal(t, host.NewLearnedBefore(want, body), g.Combine(body, time.Now()))
			}
		},
		"an agent that is ready is heard at once": func(t *testing.T, g *host.FactBuffer) {
			g.Block(time.Now())
			require.Nil(t, g.Combine(says(titled("a")), time.Now()))
			require.IsType(t, host.LearnedBefore{}, g.Combine(host.Launched{}, time.Now()))
			require.Equal(t, host.FactsLearned{Facts: commandsNamed("x")}, g.Combine(says(commandsNamed("x")), time.Now()))
		},
		"what the agent says of its work passes by": func(t *testing.T, g *host.FactBuffer) {
			g.Block(time.Now())
			g.Combine(says(titled("a")), time.Now())
			for _, body := range []rules.Body{host.AgentReported{Event: rules.Notifications{}}, host.AgentReported{Event: rules.AgentPermission{}}, host.Read{}, rules.Tick{}} {
				require.Equal(t, body, g.Combine(body, time.Now()))
			}
			require.Nil(t, g.Combine(says(protocol.AgentFacts{}), time.Now()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, new(host.FactBuffer)) })
		})
	}
}
