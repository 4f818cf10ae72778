package connect_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/protocol/connect"
)

// Whatever the order of sending, delivering, processing and breaks, each end processes the
// frames of the other once and in order.
func TestStream_is_exact_through_any_breaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLink(t, rapid.IntRange(300, 4000).Draw(t, "limit"))
		connected, n := true, 0
		side := rapid.IntRange(0, 1)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				n++
				i := side.Draw(t, "side")
				if l.put(i, fmt.Sprintf("%d %x", n, rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "text"))) {
					return
				}
				frames, _ := l.ends[i].stream.Kept()
				require.NotZero(t, frames, "an end without frames always has room")
			},
			"send":    func(t *rapid.T) { l.send(side.Draw(t, "side")) },
			"deliver": func(t *rapid.T) { l.deliver(side.Draw(t, "side")) },
			"process": func(t *rapid.T) { l.process(side.Draw(t, "side")) },
			"cut": func(t *rapid.T) {
				l.cut()
				connected = false
			},
			"restart": func(t *rapid.T) {
				l.restart()
				connected = false
			},
			"connect": func(t *rapid.T) {
				if !connected {
					l.connect()
					connected = true
				}
			},
			"": func(t *rapid.T) {
				for i, e := range l.ends {
					require.LessOrEqual(t, len(e.got), len(l.ends[1-i].put))
					require.True(t, slices.Equal(l.ends[1-i].put[:len(e.got)], e.got))
				}
			},
		})
		if !connected {
			l.connect()
		}
		l.settle()
		l.requireExact()
	})
}

func TestStream_a_full_end_takes_nothing_more_until_the_other_has_processed_something(t *testing.T) {
	l := newLink(t, 1000)
	for l.put(0, "0123456789") {
	}
	frames, bytes := l.ends[0].stream.Kept()
	require.LessOrEqual(t, bytes, 1000)
	for l.send(0) && l.deliver(1) {
	}
	require.False(t, l.put(0, "more"), "frames that are taken but not processed are kept")
	require.True(t, l.process(1))
	l.send(1)
	l.deliver(0)
	require.True(t, l.put(0, "more"))
	l.settle()
	require.Len(t, l.ends[1].got, frames+1)
	l.requireExact()
}

func TestStream_an_empty_end_takes_a_frame_beyond_its_limit(t *testing.T) {
	l := newLink(t, 10)
	require.True(t, l.put(0, "longer than the limit of this stream"))
	require.False(t, l.put(0, "x"))
	l.settle()
	l.requireExact()
}

func TestStream_a_frame_is_sent_again_with_the_same_bytes_and_a_newer_acknowledgement(t *testing.T) {
	l := newLink(t, 1<<20)
	l.put(0, "from here")
	first, ok := l.ends[0].stream.Next()
	require.True(t, ok)
	l.cut()
	l.connect()
	l.put(1, "from there")
	l.send(1)
	l.deliver(0)
	l.process(0)
	again, ok := l.ends[0].stream.Next()
	require.True(t, ok)
	require.Equal(t, uint64(1), again.Ack)
	again.Ack = first.Ack
	require.Equal(t, first, again)
}

func TestStream_a_repeated_frame_is_dropped(t *testing.T) {
	s := connect.NewStream(1 << 20)
	f := connect.Frame{Number: 1, Type: connect.TypeLine, Body: []byte("{}")}
	fresh, err := s.Take(f)
	require.NoError(t, err)
	require.True(t, fresh)
	fresh, err = s.Take(f)
	require.NoError(t, err)
	require.False(t, fresh)
}

func TestStream_refuses(t *testing.T) {
	s := connect.NewStream(1 << 20)
	s.Put(connect.TypeLine, []byte("one"))
	require.NoError(t, s.Connect(0))
	_, err := s.Take(connect.Frame{Type: connect.TypeAck, Ack: 1})
	require.ErrorContains(t, err, "acknowledged", "a frame that was not sent is acknowledged")
	_, err = s.Take(connect.Frame{Number: 2, Type: connect.TypeLine})
	require.ErrorContains(t, err, "follows", "a frame is missing")
	require.ErrorContains(t, s.Connect(2), "begin after 0 and end with 1", "the other end has a frame that does not exist")
	require.NoError(t, s.Connect(1))
	_, err = s.Take(connect.Frame{Type: connect.TypeAck, Ack: 1})
	require.NoError(t, err)
	require.ErrorContains(t, s.Connect(0), "begin after 1", "the other end lacks a frame that it had processed")
}

func TestStream_without_a_connection_sends_nothing(t *testing.T) {
	s := connect.NewStream(1 << 20)
	s.Put(connect.TypeLine, nil)
	_, ok := s.Next()
	require.False(t, ok)
}

func TestSeat_a_newer_connector_takes_it_for_good(t *testing.T) {
	var s connect.Seat
	require.Equal(t, connect.Admitted, s.Admit(4, "a"))
	require.Equal(t, connect.Returned, s.Admit(4, "a"))
	require.Equal(t, connect.Fenced, s.Admit(4, "b"), "the epoch belongs to the first")
	require.Equal(t, connect.Admitted, s.Admit(5, "b"))
	require.Equal(t, connect.Fenced, s.Admit(4, "a"))
	require.Equal(t, connect.Fenced, s.Admit(5, "a"))
	require.Equal(t, connect.Returned, s.Admit(5, "b"))
}

func TestStream_a_held_frame_and_those_after_it_are_not_sent_before_it_is_free(t *testing.T) {
	l := newLink(t, 1<<20)
	l.put(1, "first")
	held, ok := l.ends[1].stream.Put(connect.TypeLine, []byte("held"))
	require.True(t, ok)
	l.ends[1].stream.Hold(held)
	l.ends[1].put = append(l.ends[1].put, "held")
	l.put(1, "last")
	l.settle()
	require.Equal(t, []string{"first"}, l.ends[0].got)
	l.put(0, "to the other end")
	l.settle()
	require.Len(t, l.ends[1].got, 1, "acknowledgements are sent meanwhile")
	l.ends[1].stream.Free(held)
	l.settle()
	l.requireExact()
}
