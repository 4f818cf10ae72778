package feed

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

// recorder is a sink that records its calls.
type recorder struct {
	takes bool // whether Offer takes bursts
	calls []string
}

func (r *recorder) Offer(b *Burst) bool {
	r.calls = append(r.calls, "offer")
	return r.takes
}
func (r *recorder) Wake() { r.calls = append(r.calls, "wake") }
func (r *recorder) Cut()  { r.calls = append(r.calls, "cut") }

// newTestBacklog returns a live backlog whose next event is 1.
func newTestBacklog(limit int) (*backlog, *recorder) {
	b, sink := new(backlog), &recorder{takes: true}
	b.init(newBacklogs(1<<30, func(protocol.Limit) {}), limit, true)
	b.setSink(sink)
	b.join(0, rules.Projection{})
	b.readFrom(1)
	b.take()
	return b, sink
}

func burstOf(lines ...Line) *Burst {
	b := new(Burst)
	for _, l := range lines {
		b.add(l)
	}
	return b
}

func sized(bytes int) Line { return Line{Bytes: []byte(strings.Repeat("x", bytes))} }

func TestBacklog_passes_a_burst_to_an_idle_sink(t *testing.T) {
	b, sink := newTestBacklog(1000)
	b.offer(burstOf(Line{seq: 1}, Line{seq: 2}))
	require.Equal(t, []string{"offer"}, sink.calls)
	require.Empty(t, b.take().items)
	b.offer(burstOf(Line{seq: 3}))
	require.Equal(t, []string{"offer", "offer"}, sink.calls)
}

func TestBacklog_wakes_a_sink_once_that_does_not_take_a_burst(t *testing.T) {
	b, sink := newTestBacklog(1000)
	sink.takes = false
	b.offer(burstOf(Line{seq: 1}))
	b.offer(burstOf(Line{seq: 2}))
	require.Equal(t, []string{"offer", "wake"}, sink.calls)
	require.Len(t, b.take().items, 2)
	b.offer(burstOf(Line{seq: 3}))
	require.Equal(t, []string{"offer", "wake"}, sink.calls, "the sink is used only after take has returned nothing")
	require.Len(t, b.take().items, 1)
	require.True(t, b.take().idle)
	b.offer(burstOf(Line{seq: 4}))
	require.Equal(t, []string{"offer", "wake", "offer", "wake"}, sink.calls)
}

func TestBacklog_offers_no_burst_with_a_gap(t *testing.T) {
	b, sink := newTestBacklog(1000)
	b.offer(burstOf(Line{seq: 2}))
	require.Equal(t, []string{"wake"}, sink.calls)
	d := b.take()
	require.EqualValues(t, 1, d.from, "the missing event is read")
	require.EqualValues(t, 3, d.to)
}

func TestBacklog_beyond_its_limit_is_closed_as_too_slow(t *testing.T) {
	b, sink := newTestBacklog(1000)
	sink.takes = false
	b.offer(burstOf(sized(500)))
	b.offer(burstOf(sized(500)))
	require.Empty(t, b.queue)
	d := b.take()
	require.Empty(t, d.items)
	require.Equal(t, protocol.CloseTooSlow, d.closed.Code)
	b.putBack([]item{{line: sized(10)}})
	require.Empty(t, b.queue, "nothing returns to a queue that was dropped")
	b.offer(burstOf(sized(10)))
	require.Empty(t, b.take().items, "nothing arrives after the end")
}

func TestBacklog_takes_one_line_of_any_size(t *testing.T) {
	b, sink := newTestBacklog(100)
	sink.takes = false
	b.offer(burstOf(sized(30000)))
	require.Len(t, b.take().items, 1)
}

func TestBacklog_drops_hints_for_a_connection_that_is_behind(t *testing.T) {
	b, sink := newTestBacklog(1000)
	sink.takes = false
	first, second := sized(1), sized(2)
	first.hint, second.hint = presenceHint, presenceHint
	typing := sized(3)
	typing.hint = droppable
	b.offer(burstOf(sized(600), first, typing, second))
	require.Len(t, b.take().items, 1)
	d := b.take()
	require.Len(t, d.items, 1, "the newest presence message is sent later")
	require.Equal(t, second, d.items[0].line)
	require.True(t, b.take().idle)

	b.offer(burstOf(sized(600), first))
	b.take()
	b.offer(burstOf(second))
	d = b.take()
	require.Len(t, d.items, 1, "a newer message shows the gap as well")
	require.Equal(t, second, d.items[0].line)
	require.True(t, b.take().idle)
}

func TestBacklog_ends_behind_the_lines_that_wait(t *testing.T) {
	b, sink := newTestBacklog(1000)
	sink.takes = false
	b.offer(burstOf(sized(10)))
	b.end(Closed{protocol.CloseRemoved, "removed"})
	b.end(Closed{protocol.CloseGoingAway, "stopped"})
	require.Len(t, b.take().items, 1)
	require.Equal(t, &Closed{protocol.CloseRemoved, "removed"}, b.take().closed, "the first reason counts")
}

func TestBacklog_counts_lines_that_wait_and_lines_that_are_sent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, sink := newTestBacklog(1000)
		sink.takes = false
		held := func() int { return int(b.all.held.Load()) }
		require.Zero(t, held())
		b.offer(burstOf(sized(100)))
		require.Equal(t, 100+itemCost, held())
		require.Equal(t, time.Now(), b.holding().since)
		time.Sleep(time.Minute)
		b.take()
		b.returned([]Line{sized(100)})
		require.Equal(t, 200, held(), "as a line and as it is written")
		require.Equal(t, holding{200, time.Now()}, b.holding())
		b.returned(nil)
		require.Zero(t, held())
		b.offer(burstOf(sized(100)))
		b.close()
		require.Zero(t, held())
		b.returned([]Line{sized(100)})
		require.Zero(t, held(), "a closed connection counts nothing")
	})
}

func TestBacklog_that_is_cut_off_disconnects_the_client(t *testing.T) {
	b, sink := newTestBacklog(1000)
	sink.takes = false
	b.offer(burstOf(sized(100)))
	b.cutOff()
	require.Equal(t, []string{"offer", "wake", "cut"}, sink.calls)
	require.Zero(t, b.holding())
	require.Equal(t, protocol.CloseTooSlow, b.take().closed.Code)
}
