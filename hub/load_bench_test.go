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

// BenchmarkLoad measures how long a session of so many events takes to come
// back into memory after a crash, with as many events since its snapshot as
// there can be.
func BenchmarkLoad(b *testing.B) {
	for _, events := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) { benchmarkLoad(b, events) })
	}
}

func benchmarkLoad(b *testing.B, events int) {
	last := &forgetful{Journal: openSQLite(b)}
	h, rooms := openRooms(b, last, 1)
	id := rooms[0].Session.ID
	talk(b, h, rooms, 64, events)
	last.forgets.Store(true)
	talk(b, h, rooms, 1, 990)
	if err := h.Stop(context.Background()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		h := hub.New(last, hubtest.NewAgents(), rules.Key{}, hub.Options{})
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

// forgetful is a journal that crashes just before each snapshot.
type forgetful struct {
	journal.Journal
	forgets atomic.Bool
}

func (f *forgetful) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	w, err := f.Journal.Own(ctx, p)
	return forgetfulWriter{w, f}, err
}

type forgetfulWriter struct {
	journal.Writer
	of *forgetful
}

func (w forgetfulWriter) PutSnapshot(s journal.Snapshot) *journal.Commit {
	if w.of.forgets.Load() {
		done := journal.NewCommit()
		done.Resolve(nil)
		return done
	}
	return w.Writer.PutSnapshot(s)
}
