package journaltest

import (
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

var closeTests = []suiteTest{
	{"Close waits for earlier appends", closeWaits},
	{"a closed journal returns ErrClosed", closeErrors},
	{"Close resolves every commit of concurrent appends", closeConcurrent},
}

func closeWaits(s *suite) {
	stream := NewSession(2)
	w := s.own(stream)
	var commits []*journal.Commit
	for range 100 {
		commits = append(commits, w.Append(stream.Next(1)))
	}
	require.NoError(s, s.Close())
	for _, c := range commits {
		select {
		case <-c.Done():
			require.NoError(s, c.Err())
		default:
			require.FailNow(s, "Close returned before a commit was resolved")
		}
	}
}

func closeErrors(s *suite) {
	stream := NewSession(2)
	w := s.own(stream)
	requireCommitted(s, w.Append(stream.Next(1)))
	ctx := s.Context()
	require.NoError(s, s.Ready(ctx))
	require.NoError(s, s.Close())
	require.NoError(s, s.Close(), "a second time")
	require.ErrorIs(s, s.Ready(ctx), journal.ErrClosed)
	require.ErrorIs(s, outcome(s, w.Append(stream.Next(1))), journal.ErrClosed)
	require.ErrorIs(s, outcome(s, w.PutSnapshot(journal.Snapshot{Session: stream.ID})), journal.ErrClosed)
	require.NoError(s, w.Release(ctx))
	_, err := s.Own(ctx, 2)
	require.ErrorIs(s, err, journal.ErrClosed)
	_, err = readAll(ctx, s.Journal, stream.ID, 1)
	require.ErrorIs(s, err, journal.ErrClosed)
	_, err = s.Head(ctx, stream.ID)
	require.ErrorIs(s, err, journal.ErrClosed)
	_, err = s.Snapshot(ctx, stream.ID)
	require.ErrorIs(s, err, journal.ErrClosed)
	_, err = s.Summary(ctx, stream.ID)
	require.ErrorIs(s, err, journal.ErrClosed)
	_, err = s.List(ctx, journal.Filter{})
	require.ErrorIs(s, err, journal.ErrClosed)
	_, err = s.Due(ctx, time.Now(), 1)
	require.ErrorIs(s, err, journal.ErrClosed)
}

func closeConcurrent(s *suite) {
	var wg sync.WaitGroup
	for i := range 4 {
		stream := NewSession(journal.Partition(i))
		w := s.own(stream)
		wg.Go(func() {
			for {
				if err := w.Append(stream.Next(1)).Err(); err != nil {
					assert.ErrorIs(s, err, journal.ErrClosed)
					return
				}
			}
		})
	}
	require.NoError(s, s.Close())
	wg.Wait()
}
