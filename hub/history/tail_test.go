package history

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

func numbers(records []*journal.Record) (all []journal.Seq) {
	for _, r := range records {
		all = append(all, r.Seq)
	}
	return all
}

func TestTail(t *testing.T) {
	add := func(l *Tail, from, to journal.Seq, bytes int) {
		for seq := from; seq <= to; seq++ {
			l.Add(&journal.Record{Seq: seq, Public: make([]byte, bytes)})
		}
	}
	t.Run("returns the events from a number on, if it holds that event", func(t *testing.T) {
		var l Tail
		require.Empty(t, since(l.records, 1))
		add(&l, 5, 7, 1)
		require.Empty(t, since(l.records, 4))
		require.Equal(t, []journal.Seq{5, 6, 7}, numbers(since(l.records, 5)))
		require.Equal(t, []journal.Seq{7}, numbers(since(l.records, 7)))
		require.Empty(t, since(l.records, 8))
	})
	t.Run("keeps the newest events within bounds of number and size", func(t *testing.T) {
		var l Tail
		add(&l, 1, 2*tailEvents, 1)
		require.Len(t, l.records, tailEvents)
		require.Equal(t, journal.Seq(2*tailEvents), l.records[tailEvents-1].Seq)
		add(&l, 2*tailEvents+1, 2*tailEvents+2, tailBytes/2)
		require.Equal(t, []journal.Seq{2*tailEvents + 2}, numbers(l.records))
		add(&l, 2*tailEvents+3, 2*tailEvents+3, tailBytes)
		require.Empty(t, l.records)
		require.Zero(t, l.bytes)
	})
	t.Run("starts over behind a gap", func(t *testing.T) {
		var l Tail
		add(&l, 1, 3, 1)
		add(&l, 5, 6, 1)
		require.Equal(t, []journal.Seq{5, 6}, numbers(l.records))
	})
	t.Run("does not change what it returned", func(t *testing.T) {
		var l Tail
		add(&l, 1, tailEvents, 1)
		returned := l.records
		add(&l, tailEvents+1, 3*tailEvents, 1)
		require.Equal(t, journal.Seq(1), returned[0].Seq)
		require.Equal(t, journal.Seq(tailEvents), returned[tailEvents-1].Seq)
	})
}
