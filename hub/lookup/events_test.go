package lookup_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/protocol"
)

func TestRepeatedAnswer_is_that_of_the_first_command(t *testing.T) {
	s := newSession(t)
	chat := &protocol.Chat{Text: "hello"}
	first := s.SendWithID(s.Owner(), "1", chat)
	require.NoError(t, first.Err)
	want := s.State.Answerer()(chat, first.Events[0])
	s.guests(2)
	again := s.SendWithID(s.Owner(), "1", chat)
	require.NotZero(t, again.Replay)
	got, err := lookup.RepeatedAnswer{Command: chat, Seq: again.Replay, Answer: s.State.Answerer()}.Read(t.Context(), s.reader())
	require.NoError(t, err)
	require.Equal(t, want, got)

	_, err = lookup.RepeatedAnswer{Command: chat, Seq: s.head().Seq + 1, Answer: s.State.Answerer()}.Read(t.Context(), s.reader())
	require.ErrorIs(t, err, journal.ErrNotFound)
}

func TestReadEvents_is_bounded_in_bytes(t *testing.T) {
	s := newSession(t)
	for _, size := range []int{1 << 20, 1 << 20, 1 << 10} {
		require.NoError(t, s.Send(s.Owner(), &protocol.Chat{Text: strings.Repeat("x", size)}).Err)
	}
	newest := s.head().Seq
	r := s.reader()
	r.Journal = largeEvents{r.Journal}
	events, err := lookup.ReadEvents(t.Context(), r, []journal.Seq{newest - 2, newest - 1, newest})
	require.NoError(t, err)
	require.Len(t, events, 2, "at least two, and no more once they exceed %d bytes", history.PageBytes)
	events, err = lookup.ReadEvents(t.Context(), r, []journal.Seq{newest, 1})
	require.NoError(t, err)
	require.Len(t, events, 2)
	_, err = lookup.ReadEvents(t.Context(), r, []journal.Seq{newest + 1})
	require.ErrorIs(t, err, journal.ErrNotFound)
}
