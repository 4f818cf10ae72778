package ledger

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var start0 = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// after returns the time ms milliseconds after the beginning of a test.
func after(ms int) time.Time { return start0.Add(time.Duration(ms) * time.Millisecond) }

// typed returns the moment of a line that a person typed between two times.
func typed(began, ended int) Moment { return Moment{after(began), after(ended), true} }

// piped returns the moment of a line from a pipe.
func piped(at int) Moment { return Moment{after(at), after(at), false} }

// asks adds a question that was shown at a time.
func asks(l *Ledger, id string, ms int) *Item {
	i := l.Put(KindQuestion, id)
	i.Question.Call.Title, i.Shown = "Run "+id, after(ms)
	return i
}

func TestPick_takes_the_only_item_if_it_was_on_the_screen(t *testing.T) {
	l := New()
	one := asks(l, "one", 0)
	for name, m := range map[string]Moment{"typed": typed(100, 1000), "piped": piped(1)} {
		got, err := l.Pick(KindQuestion, 0, m, false)
		require.NoError(t, err, name)
		require.Equal(t, one, got)
	}
}

func TestPick_without_a_number_does_not_fall_back_to_an_earlier_item(t *testing.T) {
	l := New()
	one := asks(l, "one", 0)
	l.End(asks(l, "two", 0), "answered by Ben", false, after(1500))
	_, err := l.Pick(KindQuestion, 0, typed(60_000, 61_000), true)
	require.ErrorContains(t, err, "#2 (Run two) was shown last, and is closed (answered by Ben); now open: #1 (Run one)")
	got, err := l.Pick(KindQuestion, 0, typed(62_000, 63_000), true)
	require.NoError(t, err, "the person has been told")
	require.Equal(t, one, got)
	l.End(asks(l, "three", 64_000), "", true, after(65_000))
	_, err = l.Pick(KindQuestion, 0, typed(90_000, 91_000), true)
	require.NoError(t, err, "the person's own decision is expected")
	l.End(asks(l, "four", 100_000), "", false, after(101_000))
	got, err = l.Pick(KindQuestion, 1, typed(102_000, 103_000), true)
	require.NoError(t, err, "a number is unambiguous")
	require.Equal(t, one, got)
}

func TestPick_without_a_number_refuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		set    func(l *Ledger)
		m      Moment
		chosen bool
		want   string
	}{
		{"if nothing is open", func(*Ledger) {}, typed(0, 1000), false, "no question is open"},
		{"if two are open", func(l *Ledger) { asks(l, "a", 0); asks(l, "b", 0) }, typed(5000, 6000), false,
			"more than one question is open; add its number: #1 (Run a), #2 (Run b)"},
		{"an item that appeared while the line was typed", func(l *Ledger) { asks(l, "a", 500) }, typed(100, 5000), false,
			"#1 (Run a) appeared while you were typing"},
		{"an item that appeared after a piped line", func(l *Ledger) { asks(l, "a", 500) }, piped(100), false,
			"#1 (Run a) appeared while you were typing"},
		{"an item that appeared just before Enter", func(l *Ledger) { asks(l, "a", 500) }, typed(600, 1100), false,
			"#1 (Run a) has only just appeared"},
		{"an item that was not shown yet", func(l *Ledger) { l.Put(KindQuestion, "a").Question.Call.Title = "Run a" }, typed(0, 5000), false,
			"#1 (Run a) appeared while you were typing"},
		{"if the shown item was closed while the line was typed", func(l *Ledger) {
			l.End(asks(l, "a", 0), "answered by Ben", false, after(1500))
			asks(l, "b", 1500)
		}, typed(1000, 9000), false, "#1 (Run a) was on the screen while you were typing, and is closed (answered by Ben); now open: #2 (Run b)"},
		{"if the shown item was closed just before the line was begun", func(l *Ledger) {
			l.End(asks(l, "a", 0), "answered by Ben", false, after(1500))
			asks(l, "b", 1500)
		}, typed(2000, 9000), true, "#1 (Run a) was on the screen while you were typing, and is closed"},
		{"if the shown item was closed and nothing is open", func(l *Ledger) { l.End(asks(l, "a", 0), "", false, after(1500)) }, typed(1000, 2000), false,
			"#1 (Run a) was on the screen while you were typing, and is closed"},
		{"if two were open and the other was closed", func(l *Ledger) {
			asks(l, "a", 0)
			l.End(asks(l, "b", 0), "answered by Ben", false, after(1500))
		}, typed(1000, 9000), false, "#2 (Run b) was on the screen while you were typing, and is closed"},
		{"an option of an item that has just replaced another", func(l *Ledger) {
			l.End(asks(l, "a", 0), "", true, after(1500))
			asks(l, "b", 1500)
		}, typed(1600, 1700), true, "#2 (Run b) has only just appeared"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := New()
			tc.set(l)
			_, err := l.Pick(KindQuestion, 0, tc.m, tc.chosen)
			require.ErrorContains(t, err, tc.want)
			if strings.Contains(tc.want, "#") && !strings.Contains(tc.want, "add its number") {
				require.ErrorContains(t, err, "nothing was done")
			}
		})
	}
}

func TestPick_of_the_next_item_after_ones_own_decision_needs_no_pause(t *testing.T) {
	l := New()
	l.End(asks(l, "a", 0), "answered by me", true, after(1000))
	next := asks(l, "b", 1100)
	got, err := l.Pick(KindQuestion, 0, typed(1200, 1900), false)
	require.NoError(t, err)
	require.Equal(t, next, got)
}

func TestPick_of_an_option_in_the_list_needs_no_pause(t *testing.T) {
	l := New()
	only := asks(l, "a", 0)
	got, err := l.Pick(KindQuestion, 0, typed(10, 20), true)
	require.NoError(t, err)
	require.Equal(t, only, got)
}

func TestPick_by_number_takes_that_item_or_none(t *testing.T) {
	l := New()
	one, two := asks(l, "a", 0), asks(l, "b", 900)
	proposal := l.Put(KindProposal, "p")
	proposal.Approval.Prompt, proposal.Shown = "Add a test", after(0)
	got, err := l.Pick(KindQuestion, 2, typed(500, 1000), false)
	require.NoError(t, err, "the person must have read its number on the screen")
	require.Equal(t, two, got)
	l.End(one, "answered by Ben", false, after(950))
	for number, want := range map[int]string{
		1: "nothing was done: #1 (Run a) is closed (answered by Ben)",
		3: "nothing was done: #3 is a proposal; see /approve and /reject: Add a test",
		9: "nothing was done: there is no #9",
	} {
		_, err := l.Pick(KindQuestion, number, typed(500, 1000), false)
		require.EqualError(t, err, want)
	}
	_, err = l.Pick(KindQuestion, 2, typed(100, 800), false)
	require.ErrorContains(t, err, "#2 (Run b) had not been shown when you typed")
}

func TestLedger_keeps_numbers_and_drops_the_oldest_closed_items(t *testing.T) {
	l := New()
	kept := l.Put(KindProposal, "kept")
	for n := range maxClosed + 10 {
		i := l.Put(KindProposal, fmt.Sprint(n))
		i.Approval.Prompt = "text"
		l.End(i, "rejected", false, after(n))
	}
	require.Len(t, l.items, maxClosed+1)
	require.Same(t, kept, l.Put(KindProposal, "kept"), "open items are never dropped")
	require.Equal(t, 1, kept.Number)
	_, err := l.Numbered(2)
	require.EqualError(t, err, "#2 was closed too long ago to be shown")
	big := l.Put(KindProposal, "big")
	big.Approval.Prompt = strings.Repeat("x", maxClosedBytes+1)
	l.End(big, "rejected", false, after(0))
	l.End(l.Put(KindProposal, "last"), "rejected", false, after(0))
	require.Len(t, l.items, 2, "the open item and the last: the big one leaves no room for earlier ones")
}

// In every history the item was on the screen, alone, from before the line was begun
// until it was sent.
func TestPick_without_a_number_never_takes_an_item_that_was_not_meant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, now, own := New(), 0, map[int]bool{}
		type life struct{ from, to int }
		lives := map[*Item]*life{}
		began := rapid.IntRange(0, 10_000).Draw(t, "began")
		ended := began + rapid.IntRange(0, 3_000).Draw(t, "took")
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			now += rapid.IntRange(1, 3_000).Draw(t, "later")
			if now > ended {
				break
			}
			waiting := l.Open(KindQuestion)
			if len(waiting) > 0 && rapid.Bool().Draw(t, "closes") {
				i := waiting[rapid.IntRange(0, len(waiting)-1).Draw(t, "which")]
				own[i.Number] = rapid.Bool().Draw(t, "own")
				l.End(i, "answered", own[i.Number], after(now))
				lives[i].to = now
				continue
			}
			lives[asks(l, fmt.Sprint(now), now)] = &life{now, math.MaxInt}
		}
		chosen := rapid.Bool().Draw(t, "chosen")
		got, err := l.Pick(KindQuestion, 0, typed(began, ended), chosen)
		if err != nil {
			return
		}
		require.LessOrEqual(t, lives[got].from, began)
		require.True(t, chosen || ended-lives[got].from >= 700)
		for i, life := range lives {
			if i != got && !own[i.Number] {
				require.False(t, life.from <= ended && life.to >= began-700, "#%d was open too", i.Number)
			}
			if i != got {
				require.LessOrEqual(t, life.to, ended, "two were open")
			}
		}
	})
}
