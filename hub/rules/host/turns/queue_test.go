package turns_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// ids returns the approvals of those turns of a queue that match.
func ids(queue []rules.Turn, match func(rules.Turn) bool) (found []string) {
	for _, t := range queue {
		if match(t) {
			found = append(found, t.Approval)
		}
	}
	return found
}

func TestMoved_changes_only_the_order_of_one_session(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sessions := rapid.SliceOfN(rapid.ByteRange(1, 3), 1, 8).Draw(t, "sessions")
		var queue []rules.Turn
		for i, session := range sessions {
			queue = append(queue, rules.Turn{Approval: fmt.Sprint(i), Shared: journal.SessionID{session}})
		}
		from := rapid.IntRange(0, len(queue)-1).Draw(t, "from")
		places := []int{len(queue)}
		for i, q := range queue {
			if i != from && q.Shared == queue[from].Shared {
				places = append(places, i)
			}
		}
		to := rapid.SampledFrom(places).Draw(t, "to")
		moved := turns.Moved(queue, from, to)

		own := func(q rules.Turn) bool { return q.Shared == queue[from].Shared }
		for i := range queue {
			require.Equal(t, queue[i].Shared, moved[i].Shared, "each place keeps its session")
			if !own(queue[i]) {
				require.Equal(t, queue[i], moved[i], "the turns of other sessions keep their places")
			}
		}
		require.ElementsMatch(t, ids(queue, own), ids(moved, own))
		isMoved := func(q rules.Turn) bool { return q.Approval == queue[from].Approval }
		rest := func(q rules.Turn) bool { return own(q) && !isMoved(q) }
		require.Equal(t, ids(queue, rest), ids(moved, rest), "the others keep their order")
		after := ids(moved, own)
		if to == len(queue) {
			require.Equal(t, queue[from].Approval, after[len(after)-1])
		} else {
			require.Contains(t, fmt.Sprint(after), queue[from].Approval+" "+queue[to].Approval)
		}
		if e := turns.Order(queue, moved); e != nil {
			all := turns.Turns{Queue: queue}
			all.Apply(e, rules.Stamp{})
			require.Equal(t, moved, all.Queue, "the event brings the order about")
		}
	})
}

func TestTurns_ChangedPlaces_are_of_the_sessions_whose_turns_move(t *testing.T) {
	ann, ben := journal.SessionID{1}, journal.SessionID{2}
	all := turns.Turns{Queue: []rules.Turn{{Approval: "a", Shared: ann}, {Approval: "b", Shared: ben}}}
	places := func(e protocol.Payload) []turns.Places { return all.ChangedPlaces([]rules.Event{{Public: e}}) }

	require.Empty(t, places(&turns.SilentEvent{Approval: "a"}), "no place changes")
	require.Empty(t, places(&turns.StartedEvent{Approval: "absent"}))
	require.Equal(t, []turns.Places{{Shared: ann}}, places(&turns.StartedEvent{Approval: "a"}), "b is behind one turn, as before")
	require.Equal(t, []turns.Places{{Shared: ann, Queue: []protocol.QueuedPrompt{{ApprovalID: "a", Ahead: 1}}}, {Shared: ben, Queue: []protocol.QueuedPrompt{{ApprovalID: "b", Ahead: 0}}}},
		places(&turns.OrderedEvent{Order: []string{"b", "a"}}))
	require.Len(t, all.Queue, 2, "the turns themselves do not change")
}
