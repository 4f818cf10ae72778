package history

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/protocol"
)

// longEvents is a journal of a hundred long events. It counts the events that are read.
type longEvents struct {
	journal.Journal
	read int
}

const longEvent = 100 << 10

func (j *longEvents) Read(_ context.Context, _ journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		for ; from <= 100; from++ {
			j.read++
			if !yield(journal.Record{Seq: from, Type: string(protocol.EventAgentSlowed), Public: make([]byte, longEvent)}, nil) {
				return
			}
		}
	}
}

func TestReader_newest_reads_little_more_than_it_answers(t *testing.T) {
	for _, c := range []struct{ from, to, fit, want, most int }{
		{from: 1, to: 101, fit: 3, want: 3, most: newestFirst},
		{from: 1, to: 101, fit: 40, want: 40, most: 3 * newestFirst},
		{from: 1, to: 101, fit: 1000, want: 100, most: 100},
		{from: 95, to: 101, fit: 1000, want: 6, most: 6},
		{from: 1, to: 51, fit: 0, want: 1, most: newestFirst},
		{from: 5, to: 5, fit: 3},
	} {
		long := &longEvents{}
		r := Reader{Journal: long}
		events, err := r.Newest(t.Context(), journal.Seq(c.from), journal.Seq(c.to), c.fit*(longEvent+500)+1)
		require.NoError(t, err)
		require.Len(t, events, c.want)
		for i, e := range events {
			require.Equal(t, journal.Seq(c.to-c.want+i), e.Seq, "the newest events, the oldest of them first")
		}
		require.LessOrEqual(t, long.read, c.most)
	}
}

func TestReader_a_cursor_before_the_first_event_is_found_in_every_format(t *testing.T) {
	id := journal.SessionID{1}
	r := Reader{Session: id}
	for start, want := range map[journal.Hash]bool{journal.ChainStarts(id)[0]: true, journal.ChainStarts(id)[1]: true, {1}: false} {
		seq, ok, err := r.find(t.Context(), protocol.NewCursor(0, start).String(), journal.Head{Seq: 3})
		require.NoError(t, err)
		require.Zero(t, seq)
		require.Equal(t, want, ok)
	}
}
