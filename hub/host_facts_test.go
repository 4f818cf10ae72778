package hub

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/journal"
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
		w := newWorld(t, settings{}, 1)
		var want protocol.AgentFacts
		for range rapid.IntRange(1, 4).Draw(t, "announcements") {
			facts := someFacts(t)
			want.Merge(facts.Bounded())
			w.do(w.host, learned{facts})
			require.Equal(t, string(rawJSON(want)), string(rawJSON(w.hostState().Session.Facts)))
			require.Less(t, len(rawJSON(w.host.state)), 260<<10, "the state is bounded whatever is announced")
		}
		w.deliverAll()
		require.Less(t, len(rawJSON(w.shared[0].state)), 260<<10)
		require.Equal(t, string(rawJSON(want)), string(rawJSON(w.shared[0].sharedState().Facts)))
	})
}

func TestHost_facts(t *testing.T) {
	t.Run("are told to every room, and once", func(t *testing.T) {
		s := newStage(t, settings{})
		require.Len(t, told[agentKnown](s.do(s.host, learned{commandsNamed("review")})), 1)
		require.Empty(t, s.do(s.host, learned{commandsNamed("review")}).events, "nothing is new")
		s.deliverAll()
		require.Equal(t, "review", s.state.Facts.AvailableCommands[0].Name)
	})
	t.Run("are told to a room that opens later, with its first event", func(t *testing.T) {
		s := newStage(t, settings{})
		s.do(s.host, learned{commandsNamed("review")})
		n := newNode(journal.SessionID{1, 9}, journal.KindShared, s.host.settings)
		d := s.do(n, createShared{
			body:  &protocol.CreateSharedSession{HostSessionID: s.host.id.String(), HostUserID: "ada"},
			agent: protocol.AgentIdle, facts: s.hostState().Session.Facts,
		})
		require.Equal(t, []protocol.EventType{protocol.EventSharedSessionCreated, protocol.EventAgentUpdated}, types(d))
		require.Empty(t, s.do(n, agentKnown{s.hostState().Session.Facts}).events, "the host session's greeting tells nothing new")
	})
	t.Run("are told to a room that missed them in a crash", func(t *testing.T) {
		s := newStage(t, settings{})
		s.budget = 0
		s.do(s.host, learned{titled("Discounts")})
		s.crash()
		s.deliverAll()
		require.Equal(t, "Discounts", *s.n.sharedState().Facts.SessionTitle)
	})
	t.Run("come before what is decided with them", func(t *testing.T) {
		s := newStage(t, settings{})
		id := s.runs()
		d := s.do(s.host, learnedBefore{used(7), agentSays{AgentTurnEnded{Turn: id, StopReason: "end_turn"}}})
		require.Equal(t, []protocol.EventType{protocol.EventAgentUpdated, "turn_over"}, types(d))
		d = s.do(s.host, learnedBefore{titled("Later"), sharedOpened{shared: s.n.id}})
		require.Equal(t, "Later", *told[agentKnown](d)[1].facts.SessionTitle, "who is greeted hears of them")
	})
	t.Run("are not noted of a session that was deleted", func(t *testing.T) {
		s := newStage(t, settings{})
		s.do(s.host, deleteHost{})
		require.Empty(t, s.do(s.host, learned{titled("x")}).events)
		require.Empty(t, s.do(s.host, learnedBefore{titled("x"), shutdown{}}).events)
	})
	t.Run("are no events in a room that has ended", func(t *testing.T) {
		s := newStage(t, settings{})
		require.NoError(t, s.by(s.owner(), &protocol.Close{}).err)
		require.Empty(t, s.do(s.n, agentKnown{titled("x")}).events)
	})
	t.Run("stand in the answer to the creation", func(t *testing.T) {
		s := newStage(t, settings{})
		s.agentSays(AgentExited{})
		d := s.do(s.host, learnedBefore{titled("x"), launched{sessionID: "theirs"}})
		i := slices.IndexFunc(d.effects, func(e effect) bool { _, ok := e.(release); return ok })
		require.Equal(t, "x", *d.effects[i].(release).answer.(*protocol.HostSessionAnswer).Session.Facts.SessionTitle)
	})
}

func TestStates_of_before_facts_were_kept_can_be_read(t *testing.T) {
	s := newStage(t, settings{})
	for _, n := range []*node{s.n, s.host} {
		older := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(n.encoded(t)), &older))
		delete(older, "Facts")
		restored := n.blank()
		require.NoError(t, restored.restore(rawJSON(older)))
	}
}

func TestGatheredFacts(t *testing.T) {
	says := func(f protocol.AgentFacts) agentSays { return agentSays{AgentUpdated{f}} }
	for name, test := range map[string]func(t *testing.T, g *gatheredFacts){
		"the first come at once, the next wait for a second": func(t *testing.T, g *gatheredFacts) {
			require.Equal(t, learned{titled("a")}, g.join(says(titled("a")), time.Now()))
			require.Nil(t, g.join(says(titled("b")), time.Now()))
			require.Nil(t, g.join(says(titled("c")), time.Now()))
			require.Equal(t, time.Now().Add(time.Second), g.due())
			time.Sleep(time.Second)
			facts, some := g.takeDue(time.Now())
			require.True(t, some)
			require.Equal(t, titled("c"), facts, "the newest")
			require.True(t, g.due().IsZero())
		},
		"usage waits for the end of the turn": func(t *testing.T, g *gatheredFacts) {
			require.Nil(t, g.join(says(used(1)), time.Now()))
			require.Nil(t, g.join(says(used(2)), time.Now()))
			require.True(t, g.due().IsZero())
			end := agentSays{AgentTurnEnded{Turn: "a"}}
			require.Equal(t, learnedBefore{used(2), end}, g.join(end, time.Now()))
			require.Equal(t, end, g.join(end, time.Now()), "once")
		},
		"whoever opens a room, and the next process, get everything": func(t *testing.T, g *gatheredFacts) {
			for _, body := range []any{sharedOpened{}, shutdown{}, launched{}, launchFailed{}, agentSays{AgentExited{}}} {
				g.block(time.Now())
				g.join(says(used(3)), time.Now())
				g.join(says(titled("t")), time.Now())
				want := titled("t")
				want.Usage = used(3).Usage
				require.Equal(t, learnedBefore{want, body}, g.join(body, time.Now()))
			}
		},
		"an agent that is ready is heard at once": func(t *testing.T, g *gatheredFacts) {
			g.block(time.Now())
			require.Nil(t, g.join(says(titled("a")), time.Now()))
			require.IsType(t, learnedBefore{}, g.join(launched{}, time.Now()))
			require.Equal(t, learned{commandsNamed("x")}, g.join(says(commandsNamed("x")), time.Now()))
		},
		"what the agent says of its work passes by": func(t *testing.T, g *gatheredFacts) {
			g.block(time.Now())
			g.join(says(titled("a")), time.Now())
			for _, body := range []any{agentSays{notifications{}}, agentSays{AgentPermission{}}, readHost{}, tick{}} {
				require.Equal(t, body, g.join(body, time.Now()))
			}
			require.Nil(t, g.join(says(protocol.AgentFacts{}), time.Now()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, new(gatheredFacts)) })
		})
	}
}
