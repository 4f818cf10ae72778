package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/journal"
)

const (
	limit  = 8 * time.Millisecond
	cost   = 300 * time.Microsecond
	moment = 50 * time.Microsecond // what a prompt source takes
)

// timeline is a pace in a time that the test moves.
type timeline struct {
	*pace
	now   time.Time
	queue []*Request
	took  time.Duration // by each batch
}

func newTimeline(limit time.Duration) *timeline {
	return &timeline{pace: newPace(limit), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), took: cost}
}

// send lets a request of each name arrive; the empty name is a request that
// nothing waits for.
func (l *timeline) send(names ...string) {
	for _, name := range names {
		r := &Request{Kind: Append, Append: journal.Append{Records: make([]journal.Record, 1)}, since: l.now}
		if name != "" {
			r.Append.Awaited = []string{name}
		}
		l.queue = append(l.queue, r)
		l.arrives(r, l.now)
	}
}

func (l *timeline) pass(d time.Duration) { l.now = l.now.Add(d) }

// begin begins a batch of all that wait.
func (l *timeline) begin() {
	l.begins(l.queue, l.now)
	l.queue = nil
}

func (l *timeline) end() { l.ends(l.took, l.now) }

// write writes all that wait.
func (l *timeline) write() {
	l.begin()
	l.pass(l.took)
	l.end()
}

// wait is for how long the queue waits if nothing else comes.
func (l *timeline) wait() time.Duration {
	return max(0, l.next(len(l.queue), l.queue[0].since).Sub(l.now))
}

// lately has sources send at a moment's distance, batch after batch.
func (l *timeline) lately(names ...string) {
	for range 3 {
		l.pass(moment)
		l.send(names...)
		l.write()
	}
}

func names(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint("sender ", i))
	}
	return all
}

// TestPace says for how long the next batch waits.
func TestPace(t *testing.T) {
	const patience = patienceCosts * cost
	for _, test := range []struct {
		name  string
		limit time.Duration
		lives func(*timeline)
		want  time.Duration
	}{
		{"begins at once with the first request", limit, func(l *timeline) {
			l.send("ann")
		}, 0},
		{"begins at once with the only sender", limit, func(l *timeline) {
			l.lately("ann")
			l.pass(moment)
			l.send("ann")
		}, 0},
		{"waits for the other one of two", limit, func(l *timeline) {
			l.lately("ann", "ben")
			l.pass(moment)
			l.send("ann")
		}, patience},
		{"begins at once when all are back", limit, func(l *timeline) {
			l.lately("ann", "ben", "cal")
			l.pass(moment)
			l.send("cal", "ann")
			l.pass(moment)
			l.send("ben")
		}, 0},
		{"waits for each as long again", limit, func(l *timeline) {
			l.lately("ann", "ben", "cal")
			l.pass(patience)
			l.send("ann")
			l.pass(patience)
			l.send("ben")
		}, patience},
		{"does not wait longer than its patience", limit, func(l *timeline) {
			l.lately("ann", "ben")
			l.pass(moment)
			l.send("ann")
			l.pass(patience)
		}, 0},
		{"waits only once for a sender that has stopped", limit, func(l *timeline) {
			l.lately("ann", "ben")
			l.lately("ann")
			l.pass(moment)
			l.send("ann")
		}, 0},
		{"does not wait for a sender that takes its time", limit, func(l *timeline) {
			for range 3 {
				l.lately("ann")
				l.pass(patience + 1)
				l.send("ben")
				l.pass(moment)
				l.send("ann")
				l.write()
			}
			l.pass(moment)
			l.send("ann")
		}, 0},
		{"waits for senders that come back while others are written", limit, func(l *timeline) {
			l.lately("ann", "ben")
			l.pass(moment)
			l.send("ann")
			l.begin()
			l.pass(moment)
			l.send("ben")
			l.pass(cost)
			l.end()
		}, patience},
		{"does not wait for a sender that did not wait either", limit, func(l *timeline) {
			l.lately("ann")
			l.pass(moment)
			l.send("ann")
			l.begin()
			l.send("ann")
			l.pass(cost)
			l.end()
		}, 0},
		{"waits with many events no longer than a batch takes", limit, func(l *timeline) {
			l.lately(names(enoughEvents + 1)...)
			l.pass(moment)
			l.send(names(enoughEvents)...)
		}, cost - moment},
		{"takes the senders of different sessions apart", limit, func(l *timeline) {
			l.lately("ann")
			l.pass(moment)
			r := &Request{Append: journal.Append{Session: journal.SessionID{1}, Awaited: []string{"ann"}}, since: l.now}
			l.queue = append(l.queue, r)
			l.arrives(r, l.now)
		}, patience - moment},
		{"waits no longer than its limit", limit, func(l *timeline) {
			l.took = time.Second
			l.lately("ann", "ben")
			l.send("ann")
		}, limit},
		{"does not wait without a limit", 0, func(l *timeline) {
			l.lately("ann", "ben")
			for range 2 * freeBatches {
				l.send("")
				l.write()
			}
			l.send("ann")
		}, 0},
		{"lets some that nobody waits for begin at once", limit, func(l *timeline) {
			for range freeBatches {
				l.send("")
				l.begin()
			}
			l.send("")
		}, 0},
		{"holds more of them back", limit, func(l *timeline) {
			l.write()
			l.pass(time.Second)
			for range freeBatches + 1 {
				l.send("")
				l.begin()
			}
			l.send("")
		}, intervalCosts * cost},
		{"holds back what many send now and then", limit, func(l *timeline) {
			for i := range 2 * freeBatches {
				l.pass(moment)
				l.send(fmt.Sprint(i))
				l.write()
			}
			l.pass(patience)
			l.send("ann")
		}, intervalCosts*cost - cost - patience},
		{"forgets after a pause how many there were", limit, func(l *timeline) {
			for range 2 * freeBatches {
				l.send("")
				l.write()
			}
			l.pass((freeBatches + 1) * intervalCosts * cost)
			l.send("")
		}, 0},
		{"does not hold a sender back for them", limit, func(l *timeline) {
			for range 2 * freeBatches {
				l.send("")
				l.write()
			}
			l.lately("ann")
			l.pass(moment)
			l.send("", "ann")
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newTimeline(test.limit)
			test.lives(l)
			require.Equal(t, test.want, l.wait())
		})
	}
}

func TestPace_learns_what_most_batches_cost(t *testing.T) {
	p := newPace(limit)
	learn := func(n int, took time.Duration) {
		for range n {
			p.learn(took)
		}
	}
	learn(1, cost)
	require.Equal(t, cost, p.cost)
	for range 100 {
		learn(7, cost)
		learn(3, time.Second)
	}
	require.InDelta(t, cost, p.cost, float64(cost)/4, "a disk that is slow now and then changes little")
	learn(200, 20*cost)
	require.InDelta(t, 20*cost, p.cost, float64(cost), "one that has become slow is noticed")
	learn(200, cost)
	require.InDelta(t, cost, p.cost, float64(cost)/4, "and one that has recovered")
}

// TestPace_whatever_happens holds what is so after any requests, batches and
// pauses.
func TestPace_whatever_happens(t *testing.T) {
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
					l.begins(l.queue[:n], l.now)
					l.queue = l.queue[n:]
					writing = true
				}
			},
			"end": func(t *rapid.T) {
				if writing {
					writing = false
					l.ends(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "µs"))*time.Microsecond, l.now)
				}
			},
			"": func(t *rapid.T) { requireSound(t, l) },
		}
		t.Repeat(step)
	})
}

// TestPace_leaves_time_for_other_things bounds the time that goes into batches of
// what many send now and then, however many they are.
func TestPace_leaves_time_for_other_things(t *testing.T) {
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
		const first = 1 // of which nothing is known yet
		most := first + freeBatches + 1 + int(l.now.Sub(begin)/(intervalCosts*cost))
		require.LessOrEqual(t, batches, most)
	})
}

func requireSound(t *rapid.T, l *timeline) {
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
