package journaltest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

// RunDurableJournalSuite checks an engine that stores events on a disk, in addition
// to [RunJournalSuite].
func RunDurableJournalSuite(t *testing.T, open OpenJournal) {
	t.Run("a journal that is opened again holds everything", func(t *testing.T) { testReopen(t, open) })
	t.Run("epochs outlive the process", func(t *testing.T) { testReopenClaim(t, open) })
	t.Run("a journal of 100,000 sessions is opened and listed", func(t *testing.T) { testManySessions(t, open) })
}

func testReopen(t *testing.T, open OpenJournal) {
	dir := t.TempDir()
	var streams []*Stream
	var snapshots []journal.Snapshot
	for round := range 3 {
		j := open(t, dir)
		s := &suite{T: t, Journal: j}
		for i, stream := range streams {
			s.requireStream(stream)
			summary, err := j.Summary(t.Context(), stream.ID)
			require.NoError(t, err)
			require.Equal(t, stream.Summary, summary)
			s.requireSnapshot(snapshots[i])
		}
		fresh := NewSession(journal.Partition(round))
		streams = append(streams, fresh)
		snapshots = append(snapshots, journal.Snapshot{})
		for i, stream := range streams {
			w := s.own(stream)
			stream.Summary.Status = fmt.Sprint("round ", round)
			requireCommitted(t, w.Append(stream.Next(3)), w.Append(stream.Next(1)))
			snapshots[i] = journal.Snapshot{Session: stream.ID, Head: stream.Head, Version: round, State: []byte("state")}
			requireCommitted(t, w.PutSnapshot(snapshots[i]))
		}
		require.NoError(t, j.Close())
	}
}

// testReopenClaim requires that epochs keep rising, so that an earlier owner never
// holds the newest epoch again.
func testReopenClaim(t *testing.T, open OpenJournal) {
	dir := t.TempDir()
	stream := NewSession(1)
	for range 3 {
		j := open(t, dir)
		s := &suite{T: t, Journal: j}
		stale := s.own(stream)
		w := s.own(stream)
		require.ErrorIs(t, outcome(t, stale.Append(stream.Fork().Next(1))), journal.ErrFenced)
		requireCommitted(t, w.Append(stream.Next(1)))
		require.NoError(t, j.Close())
	}
}

func testManySessions(t *testing.T, open OpenJournal) {
	sessions := 100_000
	if raceEnabled || testing.Short() {
		sessions = 4_000
	}
	listed := min(sessions, 10_000)
	dir := t.TempDir()
	j := open(t, dir)
	Fill(t, j, sessions)
	require.NoError(t, j.Close())

	start := time.Now()
	j = openFor(t, open, dir)
	opened := time.Since(start)
	start = time.Now()
	page, err := j.List(t.Context(), journal.Filter{Limit: listed})
	listedIn := time.Since(start)
	require.NoError(t, err)
	require.Len(t, page, listed)
	for i := 1; i < len(page); i++ {
		require.False(t, page[i].CreatedAt.After(page[i-1].CreatedAt), "newest first")
	}
	start = time.Now()
	due, err := j.Due(t.Context(), startOfTime.AddDate(1, 0, 0), 100)
	dueIn := time.Since(start)
	require.NoError(t, err)
	require.Len(t, due, 100)
	t.Logf("%d sessions: opened in %v, %d listed in %v, 100 due in %v", sessions, opened, listed, listedIn, dueIn)
	if !raceEnabled {
		require.Less(t, opened, time.Second)
		require.Less(t, listedIn, time.Second)
		require.Less(t, dueIn, 100*time.Millisecond)
	}
}

// Fill creates n sessions of one event each, and returns their streams without the
// records.
func Fill(t testing.TB, j journal.Journal, n int) []*Stream {
	writers := OwnAll(t, j)
	commits := make([]*journal.Commit, 0, n)
	streams := make([]*Stream, 0, n)
	for i := range n {
		s := NewSession(journal.Partition(i % journal.Partitions))
		s.Summary.CreatedAt = startOfTime.Add(time.Duration(i*7919%n) * time.Second)
		s.Summary.Due = s.Summary.CreatedAt.Add(time.Hour)
		commits = append(commits, writers[s.ID.Partition()].Append(s.Next(1)))
		s.Records = nil
		streams = append(streams, s)
		if i >= 4096 { // a bounded pipeline
			requireCommitted(t, commits[i-4096])
			commits[i-4096] = nil
		}
	}
	requireCommitted(t, commits[max(0, n-4096):]...)
	return streams
}

// OwnAll claims every partition.
func OwnAll(t testing.TB, j journal.Journal) (writers [journal.Partitions]journal.Writer) {
	for p := range writers {
		w, err := j.Own(t.Context(), journal.Partition(p))
		require.NoError(t, err)
		writers[p] = w
	}
	return writers
}
