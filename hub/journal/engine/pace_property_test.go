package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPace_keeps_its_invariants_after_any_history(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newTimeline(rapid.SampledFrom([]time.Duration{0, time.Millisecond, limit}).Draw(t, "limit"))
		var writing bool
		step := map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				l.send(rapid.SampledFrom([]string{"", "ann", "ben", "cal"}).Draw(t, "name"))
			},
			"pass": func(t *rapid.T) {
				l.pass(time.Duration(rapid.IntRange(0, 2000).Draw(t, "µs")) * time.Microsecond)
			},
			"write": func(t *rapid.T) {
				if !writing && len(l.queue) > 0 {
					n := rapid.IntRange(1, len(l.queue)).Draw(t, "n")
					l.pace.begin(l.queue[:n], l.now)
					l.queue = l.queue[n:]
					writing = true
				}
			},
			"end": func(t *rapid.T) {
				if writing {
					writing = false
					l.pace.end(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "µs"))*time.Microsecond, l.now)
				}
			},
			"": func(t *rapid.T) { requireInvariants(t, l) },
		}
		t.Repeat(step)
	})
}

// The test bounds the number of batches for many senders that each send once.
func TestPace_leaves_two_thirds_of_the_time_to_other_work(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newTimeline(limit)
		gap := time.Duration(rapid.IntRange(10, 2000).Draw(t, "gap µs")) * time.Microsecond
		begin, next, batches := l.now, l.now, 0
		for sent := 0; sent < 500; {
			if len(l.queue) == 0 || l.now.Add(l.wait()).After(next) {
				l.now = later(l.now, next)
				l.send(fmt.Sprint("sender ", sent))
				sent++
				next = next.Add(gap)
				continue
			}
			l.pass(l.wait())
			l.write()
			batches++
		}
		const first = 1 // before which the cost is unknown
		most := first + freeBatches + 1 + int(l.now.Sub(begin)/(intervalCosts*cost))
		require.LessOrEqual(t, batches, most)
	})
}

// requireInvariants requires that the counts match the queue, and that no request
// waits beyond the limit or for no sender.
func requireInvariants(t *rapid.T, l *timeline) {
	prompt, missing := 0, 0
	for s, v := range l.waiting {
		n := 0
		for _, r := range l.queue {
			if slices.Contains(r.Append.Awaited, s.name) {
				n++
			}
		}
		require.Equal(t, n, v.requests)
		if v.prompt {
			prompt++
		}
	}
	for _, wasPrompt := range l.absent {
		if wasPrompt {
			missing++
		}
	}
	require.Equal(t, prompt, l.prompt)
	require.Equal(t, missing, l.missing)
	if len(l.queue) == 0 {
		return
	}
	require.LessOrEqual(t, l.next(len(l.queue), l.queue[0].since).Sub(l.queue[0].since), l.limit)
	if l.prompt > 0 && l.missing == 0 {
		require.Zero(t, l.wait())
	}
}
