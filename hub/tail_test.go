package hub

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
	add := func(l *tail, from, to journal.Seq, bytes int) {
		for seq := from; seq <= to; seq++ {
			l.add(&journal.Record{Seq: seq, Public: make([]byte, bytes)})
		}
	}
	t.Run("gives events from a number on, if it has that one", func(t *testing.T) {
		var l tail
		require.Empty(t, since(l.records, 1))
		add(&l, 5, 7, 1)
		require.Empty(t, since(l.records, 4))
		require.Equal(t, []journal.Seq{5, 6, 7}, numbers(since(l.records, 5)))
		require.Equal(t, []journal.Seq{7}, numbers(since(l.records, 7)))
		require.Empty(t, since(l.records, 8))
	})
	t.Run("keeps the newest, in bounds of number and size", func(t *testing.T) {
		var l tail
		add(&l, 1, 2*tailEvents, 1)
		require.Len(t, l.records, tailEvents)
		require.Equal(t, journal.Seq(2*tailEvents), l.records[tailEvents-1].Seq)
		add(&l, 2*tailEvents+1, 2*tailEvents+2, tailBytes/2)
		require.Equal(t, []journal.Seq{2*tailEvents + 2}, numbers(l.records))
		add(&l, 2*tailEvents+3, 2*tailEvents+3, tailBytes)
		require.Empty(t, l.records)
		require.Zero(t, l.bytes)
	})
	t.Run("begins anew behind a hole", func(t *testing.T) {
		var l tail
		add(&l, 1, 3, 1)
		add(&l, 5, 6, 1)
		require.Equal(t, []journal.Seq{5, 6}, numbers(l.records))
	})
	t.Run("leaves what it gave as it was", func(t *testing.T) {
		var l tail
		add(&l, 1, tailEvents, 1)
		given := l.records
		add(&l, tailEvents+1, 3*tailEvents, 1)
		require.Equal(t, journal.Seq(1), given[0].Seq)
		require.Equal(t, journal.Seq(tailEvents), given[tailEvents-1].Seq)
	})
}
