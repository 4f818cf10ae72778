package hub_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/rules"
)

// BenchmarkLoad measures how long the first command waits for a session with a number of
// events that is loaded after a crash. The last snapshot is as old as it can be.
//
//	go test ./hub -run '^$' -bench Load -benchtime 20x
func BenchmarkLoad(b *testing.B) {
	for _, events := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) { benchmarkLoad(b, events) })
	}
}

func benchmarkLoad(b *testing.B, events int) {
	j := &snapshotlessJournal{Journal: openSQLite(b)}
	h, rooms := openRooms(b, j, 1)
	id := rooms[0].Session.ID
	talk(b, h, rooms, 64, events)
	j.drops.Store(true)
	talk(b, h, rooms, 1, 990)
	if err := h.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		h := hub.New(j, hubtest.NewAgents(), rules.Key{}, hub.Options{})
		if err := h.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, _, err := h.State(b.Context(), id, nil); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := h.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// snapshotlessJournal drops snapshots on demand, as a crash before each of them does.
type snapshotlessJournal struct {
	journal.Journal
	drops atomic.Bool // whether snapshots are dropped
}

func (f *snapshotlessJournal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	w, err := f.Journal.Own(ctx, p)
	return snapshotlessWriter{w, f}, err
}

type snapshotlessWriter struct {
	journal.Writer
	of *snapshotlessJournal
}

func (w snapshotlessWriter) PutSnapshot(s journal.Snapshot) *journal.Commit {
	if w.of.drops.Load() {
		done := journal.NewCommit()
		done.Resolve(nil)
		return done
	}
	return w.Writer.PutSnapshot(s)
}
