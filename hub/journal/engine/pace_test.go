package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

const (
	limit  = 8 * time.Millisecond
	cost   = 300 * time.Microsecond
	moment = 50 * time.Microsecond // in which a prompt sender sends its next request
)

// timeline drives a pace with a clock that the test advances.
type timeline struct {
	*pace
	now   time.Time
	queue []*Request    // the waiting requests
	took  time.Duration // duration of each batch
}

func newTimeline(limit time.Duration) *timeline {
	return &timeline{pace: newPace(limit), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), took: cost}
}

// send adds a request of each name to the queue. The empty name stands for a request
// without a sender that waits for it.
func (l *timeline) send(names ...string) {
	for _, name := range names {
		r := &Request{Kind: Append, Append: journal.Append{Records: make([]journal.Record, 1)}, since: l.now}
		if name != "" {
			r.Append.Awaited = []string{name}
		}
		l.queue = append(l.queue, r)
		l.arrive(r, l.now)
	}
}

func (l *timeline) pass(d time.Duration) { l.now = l.now.Add(d) }

// begin begins a batch of the whole queue.
func (l *timeline) begin() {
	l.pace.begin(l.queue, l.now)
	l.queue = nil
}

func (l *timeline) end() { l.pace.end(l.took, l.now) }

// write writes the whole queue in one batch.
func (l *timeline) write() {
	l.begin()
	l.pass(l.took)
	l.end()
}

// wait returns how long the queue waits if nothing happens.
func (l *timeline) wait() time.Duration {
	return max(0, l.next(len(l.queue), l.queue[0].since).Sub(l.now))
}

// makePrompt lets senders send a few times, each a moment after the last batch.
func (l *timeline) makePrompt(names ...string) {
	for range 3 {
		l.pass(moment)
		l.send(names...)
		l.write()
	}
}

// senders returns n different names.
func senders(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint("sender ", i))
	}
	return all
}

// paceCase is a history of requests and batches, and how long the next batch then
// waits.
type paceCase struct {
	name    string
	limit   time.Duration
	history func(*timeline)
	want    time.Duration
}

func runPaceCases(t *testing.T, cases []paceCase) {
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			l := newTimeline(test.limit)
			test.history(l)
			require.Equal(t, test.want, l.wait())
		})
	}
}

const patience = patienceCosts * cost

func TestPace_waits_for_prompt_senders(t *testing.T) { runPaceCases(t, promptCases) }

var promptCases = []paceCase{
	{"the first request", limit, func(l *timeline) {
		l.send("ann")
	}, 0},
	{"the only sender", limit, func(l *timeline) {
		l.makePrompt("ann")
		l.pass(moment)
		l.send("ann")
	}, 0},
	{"one of two senders waits for the other", limit, func(l *timeline) {
		l.makePrompt("ann", "ben")
		l.pass(moment)
		l.send("ann")
	}, patience},
	{"all senders have sent again", limit, func(l *timeline) {
		l.makePrompt("ann", "ben", "cal")
		l.pass(moment)
		l.send("cal", "ann")
		l.pass(moment)
		l.send("ben")
	}, 0},
	{"each arrival extends the wait", limit, func(l *timeline) {
		l.makePrompt("ann", "ben", "cal")
		l.pass(patience)
		l.send("ann")
		l.pass(patience)
		l.send("ben")
	}, patience},
	{"the wait for a sender ends", limit, func(l *timeline) {
		l.makePrompt("ann", "ben")
		l.pass(moment)
		l.send("ann")
		l.pass(patience)
	}, 0},
	{"a sender that has stopped delays one batch only", limit, func(l *timeline) {
		l.makePrompt("ann", "ben")
		l.makePrompt("ann")
		l.pass(moment)
		l.send("ann")
	}, 0},
	{"a slow sender is not waited for", limit, func(l *timeline) {
		for range 3 {
			l.makePrompt("ann")
			l.pass(patience + 1)
			l.send("ben")
			l.pass(moment)
			l.send("ann")
			l.write()
		}
		l.pass(moment)
		l.send("ann")
	}, 0},
	{"a sender that sends during a batch waits for the others", limit, func(l *timeline) {
		l.makePrompt("ann", "ben")
		l.pass(moment)
		l.send("ann")
		l.begin()
		l.pass(moment)
		l.send("ben")
		l.pass(cost)
		l.end()
	}, patience},
	{"a sender that does not wait for its commits", limit, func(l *timeline) {
		l.makePrompt("ann")
		l.pass(moment)
		l.send("ann")
		l.begin()
		l.send("ann")
		l.pass(cost)
		l.end()
	}, 0},
	{"many events wait no longer than a batch takes", limit, func(l *timeline) {
		l.makePrompt(senders(enoughEvents + 1)...)
		l.pass(moment)
		l.send(senders(enoughEvents)...)
	}, cost - moment},
}

func TestPace_respects_sessions_and_limits(t *testing.T) { runPaceCases(t, limitCases) }

var limitCases = []paceCase{
	{"senders of the same name in different sessions", limit, func(l *timeline) {
		l.makePrompt("ann")
		l.pass(moment)
		r := &Request{Append: journal.Append{Session: journal.SessionID{1}, Awaited: []string{"ann"}}, since: l.now}
		l.queue = append(l.queue, r)
		l.arrive(r, l.now)
	}, patience - moment},
	{"no request waits longer than the limit", limit, func(l *timeline) {
		l.took = time.Second
		l.makePrompt("ann", "ben")
		l.send("ann")
	}, limit},
	{"a limit of zero", 0, func(l *timeline) {
		l.makePrompt("ann", "ben")
		for range 2 * freeBatches {
			l.send("")
			l.write()
		}
		l.send("ann")
	}, 0},
}

func TestPace_spaces_batches_without_prompt_senders(t *testing.T) { runPaceCases(t, spacingCases) }

var spacingCases = []paceCase{
	{"the first batches begin at once", limit, func(l *timeline) {
		for range freeBatches {
			l.send("")
			l.begin()
		}
		l.send("")
	}, 0},
	{"further batches begin an interval apart", limit, func(l *timeline) {
		l.write()
		l.pass(time.Second)
		for range freeBatches + 1 {
			l.send("")
			l.begin()
		}
		l.send("")
	}, intervalCosts * cost},
	{"many senders that each send now and then", limit, func(l *timeline) {
		for i := range 2 * freeBatches {
			l.pass(moment)
			l.send(fmt.Sprint(i))
			l.write()
		}
		l.pass(patience)
		l.send("ann")
	}, intervalCosts*cost - cost - patience},
	{"batches begin at once again after a pause", limit, func(l *timeline) {
		for range 2 * freeBatches {
			l.send("")
			l.write()
		}
		l.pass((freeBatches + 1) * intervalCosts * cost)
		l.send("")
	}, 0},
	{"a prompt sender does not wait for the interval", limit, func(l *timeline) {
		for range 2 * freeBatches {
			l.send("")
			l.write()
		}
		l.makePrompt("ann")
		l.pass(moment)
		l.send("", "ann")
	}, 0},
}

func TestPace_learns_the_usual_cost_of_a_batch(t *testing.T) {
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
	require.InDelta(t, cost, p.cost, float64(cost)/4, "a disk that is slow now and then has little influence")
	learn(200, 20*cost)
	require.InDelta(t, 20*cost, p.cost, float64(cost), "a disk that has become slow has")
	learn(200, cost)
	require.InDelta(t, cost, p.cost, float64(cost)/4, "and so has a disk that has recovered")
}
