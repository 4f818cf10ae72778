package hubtest

import (
	"context"
	"errors"
	"sync"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

var fenceTests = []suiteTest{
	{"a new owner fences the old one", fenceOld},
	{"a stale owner with a full pipeline writes nothing more", fencePipeline},
	{"a stale owner whose numbers fit again writes nothing", fenceABA},
	{"of owners that race for a partition the last one writes", fenceRace},
	{"a claim leaves other partitions alone", fenceOthers},
	{"a writer does not write what belongs to another partition", fenceForeign},
	{"releasing waits for what was appended", fenceRelease},
	{"a claim ends with its context", fenceContext},
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

// fencePipeline claims a partition while its owner goes on appending. What the
// owner was told is committed is there, and nothing after the first refusal.
func fencePipeline(s *suite) {
	stream := NewSession(4)
	old := s.own(stream)
	var commits []*journal.Commit
	claimed := make(chan struct{})
	var w journal.Writer
	go func() { // ended by the claim, which the test waits for
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

// fenceABA has the new owner write exactly as many events as the stale one has
// under way, so that by number alone the stale appends would fit.
func fenceABA(s *suite) {
	stream := NewSession(4)
	old := s.own(stream)
	requireCommitted(s, old.Append(stream.Next(1)))
	stale := stream.Fork()
	w := s.own(stream)
	var commits []*journal.Commit
	for range 20 {
		commits = append(commits, w.Append(stream.Next(1)))
		// The same events, byte for byte, and then one that builds on them.
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
	require.NotEmpty(s, records, "the last owner cannot have been fenced")
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
	require.Error(s, err, "there is no such partition")
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
			require.FailNow(s, "released before an append was resolved")
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
