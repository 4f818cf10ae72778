package hubtest_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/hubtest"
	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
	"parley/hub/journal/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faulty returns a faulty journal, and a writer for a session.
func faulty(t *testing.T) (*hubtest.FaultyJournal, journal.Writer, *journaltest.Stream) {
	j := hubtest.NewFaultyJournal(memory.New())
	stream := journaltest.NewSession(1)
	w, err := j.Own(t.Context(), stream.ID.Partition())
	require.NoError(t, err)
	return j, w, stream
}

func TestFaultyJournal_behaves_like_the_wrapped_journal_without_faults(t *testing.T) {
	journaltest.RunJournalSuite(t, func(testing.TB, string) journal.Journal {
		return hubtest.NewFaultyJournal(memory.New())
	})
}

func TestFaultyJournal_holds_commits_until_released(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, w, stream := faulty(t)
		defer j.Close()
		require.NoError(t, w.Append(stream.Next(1)).Err())
		release := j.Hold()
		first, second := w.Append(stream.Next(1)), w.Append(stream.Next(1))
		synctest.Wait()
		require.False(t, resolved(first))
		head, err := j.Head(t.Context(), stream.ID)
		require.NoError(t, err)
		require.Equal(t, journal.Seq(1), head.Seq, "the held appends are not written")
		release()
		release()
		require.NoError(t, first.Err())
		require.NoError(t, second.Err())
	})
}

func TestFaultyJournal_Close_releases_held_commits(t *testing.T) {
	j, w, stream := faulty(t)
	j.Hold()
	commit := w.Append(stream.Next(1))
	require.NoError(t, j.Close())
	require.NoError(t, commit.Err())
}

func TestFaultyJournal_FailUnwritten_does_not_write_the_append(t *testing.T) {
	j, w, stream := faulty(t)
	defer j.Close()
	before := stream.Fork()
	j.FailUnwritten(1, journal.ErrFull)
	lost, next := w.Append(stream.Next(1)), w.Append(stream.Next(1))
	require.ErrorIs(t, lost.Err(), journal.ErrFull)
	require.ErrorIs(t, next.Err(), journal.ErrConflict, "it builds on the failed append")
	require.NoError(t, w.Append(before.Next(1)).Err())
}

func TestFaultyJournal_FailWritten_writes_the_append(t *testing.T) {
	j, w, stream := faulty(t)
	defer j.Close()
	ambiguous := errors.New("no answer")
	j.FailWritten(2, ambiguous)
	require.ErrorIs(t, w.Append(stream.Next(1)).Err(), ambiguous)
	require.ErrorIs(t, w.Append(stream.Next(1)).Err(), ambiguous)
	head, err := j.Head(t.Context(), stream.ID)
	require.NoError(t, err)
	require.Equal(t, stream.Head, head, "the appends are written")
	require.NoError(t, w.Append(stream.Next(1)).Err())
}

func resolved(c *journal.Commit) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}
