package host_test

import (
	"encoding/json"
	"slices"
	"testing"

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

func TestState_keeps_the_newest_facts_and_bounds_them(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rulestest.NewNetwork(t, rules.Settings{}, 1)
		var want protocol.AgentFacts
		for range rapid.IntRange(1, 4).Draw(t, "announcements") {
			facts := rulestest.DrawFacts(t)
			want.Merge(facts.Bounded())
			w.Do(w.Host, host.FactsLearned{Facts: facts})
			require.Equal(t, string(rules.RawJSON(want)), string(rules.RawJSON(w.HostState().Session.Facts)))
			require.Less(t, len(rules.RawJSON(w.Host.State)), 260<<10, "the state is bounded")
		}
		w.DeliverAll()
		require.Less(t, len(rules.RawJSON(w.Shared[0].State)), 260<<10)
		require.Equal(t, string(rules.RawJSON(want)), string(rules.RawJSON(w.Shared[0].SharedState().Facts)))
	})
}

func TestState_facts(t *testing.T) {
	t.Run("are sent to every shared session, once", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.Len(t, rulestest.MessagesOf[rules.AgentFactsChanged](s.Do(s.Host, host.FactsLearned{Facts: commandsNamed("review")})), 1)
		require.Empty(t, s.Do(s.Host, host.FactsLearned{Facts: commandsNamed("review")}).Events, "no fact is new")
		s.DeliverAll()
		require.Equal(t, "review", s.State.Facts.AvailableCommands[0].Name)
	})
	t.Run("are in the first commit of a shared session that opens later", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Do(s.Host, host.FactsLearned{Facts: commandsNamed("review")})
		n := rulestest.NewSession(journal.SessionID{1, 9}, journal.KindShared, s.Host.Settings)
		d := s.Do(n, shared.Create{
			Body:  &protocol.CreateSharedSession{HostSessionID: s.Host.ID.String(), HostUserID: "ada"},
			Agent: protocol.AgentIdle, Facts: s.HostState().Session.Facts,
		})
		require.Equal(t, []protocol.EventType{protocol.EventSharedSessionCreated, protocol.EventAgentUpdated}, rulestest.EventTypes(d))
		require.Empty(t, s.Do(n, rules.AgentFactsChanged{Facts: s.HostState().Session.Facts}).Events, "the state that the host session sends has no new fact")
	})
	t.Run("are sent again after a crash", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.EffectsLeft = 0
		s.Do(s.Host, host.FactsLearned{Facts: titled("Discounts")})
		s.Crash()
		s.DeliverAll()
		require.Equal(t, "Discounts", *s.Session.SharedState().Facts.SessionTitle)
	})
	t.Run("are recorded before the input that they came with", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		id := s.RunPrompt()
		d := s.Do(s.Host, host.WithFacts{Facts: used(7), Body: host.AgentReported{Event: rules.AgentTurnEnded{Turn: id, StopReason: "end_turn"}}})
		require.Equal(t, []protocol.EventType{protocol.EventAgentUpdated, "turn_over"}, rulestest.EventTypes(d))
		d = s.Do(s.Host, host.WithFacts{Facts: titled("Later"), Body: rules.SharedOpened{Shared: s.Session.ID}})
		require.Equal(t, "Later", *rulestest.MessagesOf[rules.AgentFactsChanged](d)[1].Facts.SessionTitle, "a shared session that opens receives them")
	})
	t.Run("are ignored by a deleted session", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.Do(s.Host, host.Delete{})
		require.Empty(t, s.Do(s.Host, host.FactsLearned{Facts: titled("x")}).Events)
		require.Empty(t, s.Do(s.Host, host.WithFacts{Facts: titled("x"), Body: rules.Shutdown{}}).Events)
	})
	t.Run("are ignored by a shared session that has ended", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
		require.Empty(t, s.Do(s.Session, rules.AgentFactsChanged{Facts: titled("x")}).Events)
	})
	t.Run("are in the answer to the creation", func(t *testing.T) {
		s := rulestest.NewFixture(t, rules.Settings{})
		s.AgentReports(rules.AgentExited{})
		d := s.Do(s.Host, host.WithFacts{Facts: titled("x"), Body: host.Launched{SessionID: "theirs"}})
		i := slices.IndexFunc(d.Effects, func(e rules.Effect) bool { _, ok := e.(rules.Release); return ok })
		require.Equal(t, "x", *d.Effects[i].(rules.Release).Answer.(*protocol.HostSessionAnswer).Session.Facts.SessionTitle)
	})
}

func TestState_Restore_of_a_snapshot_without_facts(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	for _, n := range []*rulestest.Session{s.Session, s.Host} {
		older := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(n.EncodedState(t)), &older))
		delete(older, "Facts")
		restored := n.NewState()
		require.NoError(t, restored.Restore(rules.RawJSON(older)))
	}
}
