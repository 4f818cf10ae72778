package join

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/cmd/parley/internal/story"
	"parley/protocol"
)

var start0 = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// after returns the time ms milliseconds after the beginning of a test.
func after(ms int) time.Time { return start0.Add(time.Duration(ms) * time.Millisecond) }

// typed returns the moment of a line that a person typed between two times.
func typed(began, ended int) moment { return moment{after(began), after(ended), true} }

// piped returns the moment of a line from a pipe.
func piped(at int) moment { return moment{after(at), after(at), false} }

// asks adds a question that was shown at a time.
func asks(l *ledger, id string, ms int) *item {
	i := l.put(kindQuestion, id)
	i.question.call.Title, i.shown = "Run "+id, after(ms)
	return i
}

func TestPick_takes_the_only_item_if_it_was_on_the_screen(t *testing.T) {
	l := newLedger()
	one := asks(l, "one", 0)
	for name, m := range map[string]moment{"typed": typed(100, 1000), "piped": piped(1)} {
		got, err := l.pick(kindQuestion, 0, m, false)
		require.NoError(t, err, name)
		require.Equal(t, one, got)
	}
}

func TestPick_without_a_number_does_not_fall_back_to_an_earlier_item(t *testing.T) {
	l := newLedger()
	one := asks(l, "one", 0)
	l.end(asks(l, "two", 0), "answered by Ben", false, after(1500))
	_, err := l.pick(kindQuestion, 0, typed(60_000, 61_000), true)
	require.ErrorContains(t, err, "#2 (Run two) was shown last, and is closed (answered by Ben); now open: #1 (Run one)")
	got, err := l.pick(kindQuestion, 0, typed(62_000, 63_000), true)
	require.NoError(t, err, "the person has been told")
	require.Equal(t, one, got)
	l.end(asks(l, "three", 64_000), "", true, after(65_000))
	_, err = l.pick(kindQuestion, 0, typed(90_000, 91_000), true)
	require.NoError(t, err, "the person's own decision is expected")
	l.end(asks(l, "four", 100_000), "", false, after(101_000))
	got, err = l.pick(kindQuestion, 1, typed(102_000, 103_000), true)
	require.NoError(t, err, "a number is unambiguous")
	require.Equal(t, one, got)
}

func TestPick_without_a_number_refuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		set    func(l *ledger)
		m      moment
		chosen bool
		want   string
	}{
		{"if nothing is open", func(*ledger) {}, typed(0, 1000), false, "no question is open"},
		{"if two are open", func(l *ledger) { asks(l, "a", 0); asks(l, "b", 0) }, typed(5000, 6000), false,
			"more than one question is open; add its number: #1 (Run a), #2 (Run b)"},
		{"an item that appeared while the line was typed", func(l *ledger) { asks(l, "a", 500) }, typed(100, 5000), false,
			"#1 (Run a) appeared while you were typing"},
		{"an item that appeared after a piped line", func(l *ledger) { asks(l, "a", 500) }, piped(100), false,
			"#1 (Run a) appeared while you were typing"},
		{"an item that appeared just before Enter", func(l *ledger) { asks(l, "a", 500) }, typed(600, 1100), false,
			"#1 (Run a) has only just appeared"},
		{"an item that was not shown yet", func(l *ledger) { l.put(kindQuestion, "a").question.call.Title = "Run a" }, typed(0, 5000), false,
			"#1 (Run a) appeared while you were typing"},
		{"if the shown item was closed while the line was typed", func(l *ledger) {
			l.end(asks(l, "a", 0), "answered by Ben", false, after(1500))
			asks(l, "b", 1500)
		}, typed(1000, 9000), false, "#1 (Run a) was on the screen while you were typing, and is closed (answered by Ben); now open: #2 (Run b)"},
		{"if the shown item was closed just before the line was begun", func(l *ledger) {
			l.end(asks(l, "a", 0), "answered by Ben", false, after(1500))
			asks(l, "b", 1500)
		}, typed(2000, 9000), true, "#1 (Run a) was on the screen while you were typing, and is closed"},
		{"if the shown item was closed and nothing is open", func(l *ledger) { l.end(asks(l, "a", 0), "", false, after(1500)) }, typed(1000, 2000), false,
			"#1 (Run a) was on the screen while you were typing, and is closed"},
		{"if two were open and the other was closed", func(l *ledger) {
			asks(l, "a", 0)
			l.end(asks(l, "b", 0), "answered by Ben", false, after(1500))
		}, typed(1000, 9000), false, "#2 (Run b) was on the screen while you were typing, and is closed"},
		{"an option of an item that has just replaced another", func(l *ledger) {
			l.end(asks(l, "a", 0), "", true, after(1500))
			asks(l, "b", 1500)
		}, typed(1600, 1700), true, "#2 (Run b) has only just appeared"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLedger()
			tc.set(l)
			_, err := l.pick(kindQuestion, 0, tc.m, tc.chosen)
			require.ErrorContains(t, err, tc.want)
			if strings.Contains(tc.want, "#") && !strings.Contains(tc.want, "add its number") {
				require.ErrorContains(t, err, "nothing was done")
			}
		})
	}
}

func TestPick_of_the_next_item_after_ones_own_decision_needs_no_pause(t *testing.T) {
	l := newLedger()
	l.end(asks(l, "a", 0), "answered by me", true, after(1000))
	next := asks(l, "b", 1100)
	got, err := l.pick(kindQuestion, 0, typed(1200, 1900), false)
	require.NoError(t, err)
	require.Equal(t, next, got)
}

func TestPick_of_an_option_in_the_list_needs_no_pause(t *testing.T) {
	l := newLedger()
	only := asks(l, "a", 0)
	got, err := l.pick(kindQuestion, 0, typed(10, 20), true)
	require.NoError(t, err)
	require.Equal(t, only, got)
}

func TestPick_by_number_takes_that_item_or_none(t *testing.T) {
	l := newLedger()
	one, two := asks(l, "a", 0), asks(l, "b", 900)
	proposal := l.put(kindProposal, "p")
	proposal.approval.Prompt, proposal.shown = "Add a test", after(0)
	got, err := l.pick(kindQuestion, 2, typed(500, 1000), false)
	require.NoError(t, err, "the person must have read its number on the screen")
	require.Equal(t, two, got)
	l.end(one, "answered by Ben", false, after(950))
	for number, want := range map[int]string{
		1: "nothing was done: #1 (Run a) is closed (answered by Ben)",
		3: "nothing was done: #3 is a proposal; see /approve and /reject: Add a test",
		9: "nothing was done: there is no #9",
	} {
		_, err := l.pick(kindQuestion, number, typed(500, 1000), false)
		require.EqualError(t, err, want)
	}
	_, err = l.pick(kindQuestion, 2, typed(100, 800), false)
	require.ErrorContains(t, err, "#2 (Run b) had not been shown when you typed")
}

func TestLedger_keeps_numbers_and_drops_the_oldest_closed_items(t *testing.T) {
	l := newLedger()
	kept := l.put(kindProposal, "kept")
	for n := range maxClosed + 10 {
		i := l.put(kindProposal, fmt.Sprint(n))
		i.approval.Prompt = "text"
		l.end(i, "rejected", false, after(n))
	}
	require.Len(t, l.items, maxClosed+1)
	require.Same(t, kept, l.put(kindProposal, "kept"), "open items are never dropped")
	require.Equal(t, 1, kept.number)
	_, err := l.numbered(2)
	require.EqualError(t, err, "#2 was closed too long ago to be shown")
	big := l.put(kindProposal, "big")
	big.approval.Prompt = strings.Repeat("x", maxClosedBytes+1)
	l.end(big, "rejected", false, after(0))
	l.end(l.put(kindProposal, "last"), "rejected", false, after(0))
	require.Len(t, l.items, 2, "the open item and the last: the big one leaves no room for earlier ones")
}

func proposes(r *room, id, text string) {
	r.addItems(&protocol.PromptPendingApproval{Approval: protocol.Approval{ID: id, Prompt: text, Status: protocol.ApprovalPending}}, story.New())
	r.markShown(after(0))
}

func TestRoom_a_prompt_keeps_its_number_until_its_turn_ends(t *testing.T) {
	r := newRoom()
	proposes(r, "p", "Add a test")
	r.apply(&protocol.PromptApproved{Approval: protocol.Approval{ID: "p", Prompt: "Add a test", Status: protocol.ApprovalApproved}}, after(10))
	_, err := r.ledger.pick(kindProposal, 1, typed(2000, 3000), false)
	require.ErrorContains(t, err, "#1 is a prompt that was approved; see /cancel")
	i, err := r.ledger.pick(kindTurn, 0, typed(2000, 3000), false)
	require.NoError(t, err)
	require.Equal(t, 1, i.number)
	r.apply(&protocol.PromptDispatchCompleted{ApprovalID: "p"}, after(2500))
	_, err = r.ledger.pick(kindTurn, 0, typed(2000, 3000), false)
	require.ErrorContains(t, err, "is closed (the turn has ended)")
}

func TestRoom_cancel_never_affects_the_next_turn(t *testing.T) {
	r := newRoom()
	for _, id := range []string{"a", "b"} {
		proposes(r, id, id)
		r.apply(&protocol.PromptApproved{Approval: protocol.Approval{ID: id, Prompt: id, Status: protocol.ApprovalApproved}}, after(10))
	}
	_, err := r.ledger.pick(kindTurn, 0, typed(2000, 3000), false)
	require.ErrorContains(t, err, "more than one turn is open")
	r.apply(&protocol.PromptDispatchCompleted{ApprovalID: "a"}, after(2500))
	_, err = r.ledger.pick(kindTurn, 0, typed(2000, 3000), false)
	require.ErrorContains(t, err, "#1 (a) was on the screen while you were typing, and is closed")
}

func TestRoom_a_new_welcome_keeps_the_numbers(t *testing.T) {
	r := newRoom()
	for _, id := range []string{"a", "b", "c"} {
		proposes(r, id, id)
	}
	r.ledger.find("c").author = "Ann"
	r.reset(&protocol.Welcome{Approvals: []protocol.Approval{
		{ID: "c", Prompt: "c", Status: protocol.ApprovalPending}, {ID: "d", Prompt: "d", Status: protocol.ApprovalPending},
	}}, story.New(), after(100))
	var names []string
	for _, i := range r.ledger.open(kindProposal) {
		names = append(names, i.label()+" "+i.approval.Prompt)
	}
	require.Equal(t, []string{"#3 c", "#4 d"}, names)
	require.Equal(t, "Ann", r.ledger.find("c").author, "the author has left")
	_, err := r.ledger.pick(kindProposal, 1, typed(500, 1000), false)
	require.ErrorContains(t, err, "#1 (a) is closed (while the connection was lost)")
}

// In every history the item was on the screen, alone, from before the line was begun
// until it was sent.
func TestPick_without_a_number_never_takes_an_item_that_was_not_meant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, now, own := newLedger(), 0, map[int]bool{}
		type life struct{ from, to int }
		lives := map[*item]*life{}
		began := rapid.IntRange(0, 10_000).Draw(t, "began")
		ended := began + rapid.IntRange(0, 3_000).Draw(t, "took")
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			now += rapid.IntRange(1, 3_000).Draw(t, "later")
			if now > ended {
				break
			}
			waiting := l.open(kindQuestion)
			if len(waiting) > 0 && rapid.Bool().Draw(t, "closes") {
				i := waiting[rapid.IntRange(0, len(waiting)-1).Draw(t, "which")]
				own[i.number] = rapid.Bool().Draw(t, "own")
				l.end(i, "answered", own[i.number], after(now))
				lives[i].to = now
				continue
			}
			lives[asks(l, fmt.Sprint(now), now)] = &life{now, math.MaxInt}
		}
		chosen := rapid.Bool().Draw(t, "chosen")
		got, err := l.pick(kindQuestion, 0, typed(began, ended), chosen)
		if err != nil {
			return
		}
		require.LessOrEqual(t, lives[got].from, began)
		require.True(t, chosen || ended-lives[got].from >= 700)
		for i, life := range lives {
			if i != got && !own[i.number] {
				require.False(t, life.from <= ended && life.to >= began-700, "#%d was open too", i.number)
			}
			if i != got {
				require.LessOrEqual(t, life.to, ended, "two were open")
			}
		}
	})
}
