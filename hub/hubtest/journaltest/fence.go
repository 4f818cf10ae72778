package journaltest

import (
	"context"
	"errors"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

var fenceTests = []suiteTest{
	{"a new owner fences the one before", fenceOld},
	{"a fenced owner with a full pipeline writes no more events", fencePipeline},
	{"a fenced owner whose numbers match again writes no event", fenceABA},
	{"of owners that race for a partition the last one writes", fenceRace},
	{"a claim does not affect other partitions", fenceOthers},
	{"a writer refuses sessions of other partitions", fenceForeign},
	{"Release waits for earlier appends", fenceRelease},
	{"Own returns when its context ends", fenceContext},
}

func fenceOld(s *suite) {
	stream := NewSession(4)
	old := s.own(stream)
	requireCommitted(s, old.Append(stream.Next(1)))
	w := s.own(stream)
	require.ErrorIs(s, outcome(s, old.Append(stream.Fork().Next(1))), journal.ErrFenced)
	require.ErrorIs(s, outcome(s, old.PutSnapshot(journal.Snapshot{Session: stream.ID, Head: stream.Head})), journal.ErrFenced)
	requireCommitted(s, w.Append(stream.Next(1)))
	s.requireStream(stream)
}

// fencePipeline claims a partition while its owner keeps appending. The journal then
// holds the owner's committed appends, and none after the first refusal.
func fencePipeline(s *suite) {
	stream := NewSession(4)
	old := s.own(stream)
	var commits []*journal.Commit
	claimed := make(chan struct{}) // closed by the goroutine once it has claimed
	var w journal.Writer
	go func() { // ends with the claim; the test waits for claimed
		defer close(claimed)
		var err error
		w, err = s.Own(s.Context(), stream.ID.Partition())
		assert.NoError(s, err)
	}()
	for open := true; open && len(commits) < 20_000; {
		select {
		case <-claimed:
			open = false
		default:
		}
		commits = append(commits, old.Append(stream.Next(1)))
	}
	<-claimed
	kept := 0
	for i, c := range commits {
		if err := outcome(s, c); err == nil {
			require.Equal(s, kept, i, "an append succeeded after one that was fenced")
			kept++
		} else {
			require.ErrorIs(s, err, journal.ErrFenced)
		}
	}
	requireRecords(s, stream.Records[:kept], s.read(stream.ID, 1))
	require.NotNil(s, w)
}

// fenceABA lets a new owner write as many events as the fenced one tries to write, so
// that the appends of the fenced one would match by number.
func fenceABA(s *suite) {
	stream := NewSession(4)
	old := s.own(stream)
	requireCommitted(s, old.Append(stream.Next(1)))
	stale := stream.Fork()
	w := s.own(stream)
	var commits []*journal.Commit
	for range 20 {
		commits = append(commits, w.Append(stream.Next(1)))
		// The fenced owner sends the same events.
		commits = append(commits, old.Append(stale.Next(1)))
	}
	for i, c := range commits {
		if i%2 == 0 {
			requireCommitted(s, c)
		} else {
			require.ErrorIs(s, outcome(s, c), journal.ErrFenced)
		}
	}
	require.ErrorIs(s, outcome(s, old.Append(stream.Fork().Next(1))), journal.ErrFenced, "on the newest event")
	s.requireStream(stream)
}

func fenceRace(s *suite) {
	stream := NewSession(4)
	const owners = 8
	var mu sync.Mutex
	var committed []journal.Record
	var wg sync.WaitGroup
	for range owners {
		wg.Go(func() {
			w, err := s.Own(s.Context(), stream.ID.Partition())
			if !assert.NoError(s, err) {
				return
			}
			mine := NewStream(stream.ID)
			records, err := readAll(s.Context(), s.Journal, stream.ID, 1)
			assert.NoError(s, err)
			if n := len(records); n > 0 {
				mine.Head = journal.Head{Seq: records[n-1].Seq, Hash: records[n-1].Hash}
			}
			for range 5 {
				a := mine.Next(1)
				switch err := w.Append(a).Err(); {
				case err == nil:
					mu.Lock()
					committed = append(committed, a.Records...)
					mu.Unlock()
				case errors.Is(err, journal.ErrFenced), errors.Is(err, journal.ErrConflict):
					return
				default:
					assert.NoError(s, err)
				}
			}
		})
	}
	wg.Wait()
	records := s.read(stream.ID, 1)
	require.NotEmpty(s, records, "the last owner is not fenced")
	require.ElementsMatch(s, hashes(committed), hashes(records))
}

func hashes(records []journal.Record) []journal.Hash {
	found := make([]journal.Hash, len(records))
	for i := range records {
		found[i] = records[i].Hash
	}
	return found
}

func fenceOthers(s *suite) {
	one, two := NewSession(1), NewSession(2)
	w1, w2 := s.own(one), s.own(two)
	s.own(two)
	requireCommitted(s, w1.Append(one.Next(1)))
	require.ErrorIs(s, outcome(s, w2.Append(two.Next(1))), journal.ErrFenced)
}

func fenceForeign(s *suite) {
	one, two := NewSession(1), NewSession(2)
	w := s.own(one)
	s.own(two)
	require.ErrorIs(s, outcome(s, w.Append(two.Next(1))), journal.ErrFenced)
	_, err := s.Own(s.Context(), journal.Partitions)
	require.Error(s, err, "the partition does not exist")
}

func fenceRelease(s *suite) {
	stream := NewSession(1)
	w := s.own(stream)
	var commits []*journal.Commit
	for range 50 {
		commits = append(commits, w.Append(stream.Next(1)))
	}
	require.NoError(s, w.Release(s.Context()))
	for _, c := range commits {
		select {
		case <-c.Done():
			require.NoError(s, c.Err())
		default:
			require.FailNow(s, "Release returned before a commit was resolved")
		}
	}
	require.ErrorIs(s, outcome(s, w.Append(stream.Fork().Next(1))), journal.ErrClosed)
	requireCommitted(s, s.own(stream).Append(stream.Next(1)))
	s.requireStream(stream)
}

func fenceContext(s *suite) {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if _, err := s.Own(ctx, 7); err != nil {
		require.ErrorIs(s, err, context.Canceled)
	}
}
