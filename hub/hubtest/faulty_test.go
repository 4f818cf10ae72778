package hubtest_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/hubtest"
	"parley/hub/journal"
	"parley/hub/journal/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faulty is a faulty journal with a writer and a session that it owns.
func faulty(t *testing.T) (*hubtest.FaultyJournal, journal.Writer, *hubtest.Stream) {
	j := hubtest.NewFaultyJournal(memory.New())
	stream := hubtest.NewSession(1)
	w, err := j.Own(t.Context(), stream.ID.Partition())
	require.NoError(t, err)
	return j, w, stream
}

func TestFaultyJournal_is_a_journal_while_nothing_is_asked_of_it(t *testing.T) {
	hubtest.RunJournalSuite(t, func(testing.TB, string) journal.Journal {
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
		require.Equal(t, journal.Seq(1), head.Seq, "nothing is written meanwhile")
		release()
		release()
		require.NoError(t, first.Err())
		require.NoError(t, second.Err())
	})
}

func TestFaultyJournal_closing_releases(t *testing.T) {
	j, w, stream := faulty(t)
	j.Hold()
	commit := w.Append(stream.Next(1))
	require.NoError(t, j.Close())
	require.NoError(t, commit.Err())
}

func TestFaultyJournal_fails_appends_that_leave_nothing(t *testing.T) {
	j, w, stream := faulty(t)
	defer j.Close()
	before := stream.Fork()
	j.FailUnwritten(1, journal.ErrFull)
	lost, next := w.Append(stream.Next(1)), w.Append(stream.Next(1))
	require.ErrorIs(t, lost.Err(), journal.ErrFull)
	require.ErrorIs(t, next.Err(), journal.ErrConflict, "it builds on one that failed")
	require.NoError(t, w.Append(before.Next(1)).Err())
}

func TestFaultyJournal_fails_appends_that_are_there_all_the_same(t *testing.T) {
	j, w, stream := faulty(t)
	defer j.Close()
	ambiguous := errors.New("no answer")
	j.FailWritten(2, ambiguous)
	require.ErrorIs(t, w.Append(stream.Next(1)).Err(), ambiguous)
	require.ErrorIs(t, w.Append(stream.Next(1)).Err(), ambiguous)
	head, err := j.Head(t.Context(), stream.ID)
	require.NoError(t, err)
	require.Equal(t, stream.Head, head, "reading tells")
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
