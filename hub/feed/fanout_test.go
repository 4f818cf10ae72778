package feed

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// collector is a sink that accepts every burst, and keeps each as one string.
type collector struct{ bursts []string }

var plain = &Format{Append: func(b []byte, lines []Line) []byte {
	for _, l := range lines {
		b = append(append(b, l.Bytes...), ' ')
	}
	return b
}}

func (c *collector) Offer(b *Burst) bool {
	c.bursts = append(c.bursts, string(b.As(plain)))
	return true
}
func (c *collector) Wake() {}
func (c *collector) Cut()  {}

// collects connects a participant with a collector, which receives the later bursts.
func (s *fixture) collects(id string) (*client, *collector) {
	c, sink := s.joinWith(id, SubscribeOptions{EventsOnly: true}), new(collector)
	c.sub.Push(sink)
	_, closed := c.takeAll()
	require.Nil(s.t, closed)
	return c, sink
}

// line returns a line for all connections that is not an event.
func line(text string) hinted { return hinted{Line{Bytes: []byte(text)}} }

// answer returns the encoded answer to one connection.
func (c *client) answer(text string) answered {
	return answered{c.sub, answerLine{text, Answer{}, nil}}
}

func TestFanout_an_answer_keeps_its_place_among_the_lines_for_all(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben, benSink := s.collects("ben")
		_, cemSink := s.collects("cem")
		_, dotSink := s.collects("dot")
		f := s.room.fanout
		f.mu.Lock() // so that the notices go out together
		f.queue = append(f.queue, line("a"), ben.answer("1"), line("b"), line("c"), ben.answer("2"), line("d"))
		f.work.Signal()
		f.mu.Unlock()
		synctest.Wait()
		pong := func(id string) string { return `{"type":"pong","id":"` + id + `"}` }
		require.Equal(t, []string{"a " + pong("1") + " b c " + pong("2") + " d "}, benSink.bursts)
		require.Equal(t, []string{"a b c d "}, cemSink.bursts)
		require.Equal(t, cemSink.bursts, dotSink.bursts)
	})
}

func TestFanout_a_connection_that_joins_receives_no_earlier_line(t *testing.T) {
	s := newFixture(t, Options{})
	f := newFanout()
	ben := &client{fixture: s, sub: s.feed.Subscribe(fixtureID, SubscribeOptions{EventsOnly: true})}
	sink := new(collector)
	ben.sub.Push(sink)
	ben.sub.backlog.idle = true
	for _, n := range []notice{line("before"), joined{ben.sub}, line("after")} {
		n.deliver(f)
	}
	f.flush()
	require.Equal(t, []string{"after "}, sink.bursts)
	line("next").deliver(f)
	f.flush()
	require.Equal(t, []string{"after ", "next "}, sink.bursts)
}

func TestFanout_a_connection_that_has_left_receives_nothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben, sink := s.collects("ben")
		f := s.room.fanout
		synctest.Wait()
		for _, n := range []notice{line("before"), left{ben.sub}, line("after"), ben.answer("1"), ended{ben.sub, Closed{Code: 1000}}} {
			n.deliver(f)
		}
		f.flush()
		require.Empty(t, sink.bursts)
		require.Nil(t, ben.sub.backlog.closed)
	})
}

func TestFanout_a_connection_that_ends_receives_what_precedes_the_end(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		ben, sink := s.collects("ben")
		f := s.room.fanout
		synctest.Wait()
		for _, n := range []notice{line("before"), ended{ben.sub, Closed{Code: protocol.CloseRemoved}}, line("after")} {
			n.deliver(f)
		}
		f.flush()
		require.Equal(t, []string{"before "}, sink.bursts)
		require.Equal(t, protocol.CloseRemoved, ben.sub.backlog.closed.Code)
	})
}

func TestFanout_a_burst_is_bounded_and_encoded_once(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFixture(t, Options{})
		_, sink := s.collects("ben")
		_, other := s.collects("cem")
		f := s.room.fanout
		synctest.Wait()
		for range 5 {
			hinted{Line{Bytes: make([]byte, burstBytes/2)}}.deliver(f)
		}
		f.flush()
		require.Len(t, sink.bursts, 3)
		require.Equal(t, sink.bursts, other.bursts)

		times := 0
		counting := &Format{Append: func(b []byte, _ []Line) []byte { times++; return append(b, 'x') }}
		b := burstOf(sized(1))
		require.Equal(t, b.As(counting), b.As(counting))
		require.Equal(t, 1, times)
	})
}

// held is a notice that blocks the fan-out until it is released.
type heldUp chan struct{}

func (n heldUp) deliver(*fanout) { <-n }

func TestFanout_the_actor_waits_while_it_is_far_behind(t *testing.T) {
	for name, bytes := range map[string]int{"by notices": 0, "by bytes": fanoutBytes / 8} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, busy := newFanout(), make(heldUp)
				f.post(busy, 0)
				synctest.Wait()
				posted := 0
				go func() {
					for range fanoutNotices + 1 {
						f.post(line("x"), bytes)
						posted++
					}
				}()
				synctest.Wait()
				require.Equal(t, min(fanoutNotices, fanoutBytes/max(1, bytes)), posted)
				close(busy)
				synctest.Wait()
				require.Equal(t, fanoutNotices+1, posted)
				f.stop()
				f.post(line("x"), 1)
				require.Empty(t, f.queue, "nothing is queued after stop")
			})
		})
	}
}
