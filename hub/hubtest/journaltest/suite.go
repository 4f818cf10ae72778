package journaltest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/hub/journal"
)

// patience bounds every wait of the suite. Only a failure reaches it.
const patience = 30 * time.Second

// OpenJournal opens the journal in a directory, which is empty at first. Engines that
// store nothing on disk ignore dir. The suite closes the journal.
type OpenJournal func(t testing.TB, dir string) journal.Journal

// RunJournalSuite checks that an engine implements [journal.Journal].
func RunJournalSuite(t *testing.T, open OpenJournal) {
	groups := []struct {
		name  string
		tests []suiteTest
	}{
		{"append", appendTests},
		{"fence", fenceTests},
		{"summary", summaryTests},
		{"index", indexTests},
		{"snapshot", snapshotTests},
		{"close", closeTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, test := range g.tests {
				t.Run(test.name, func(t *testing.T) {
					test.run(&suite{T: t, Journal: openFor(t, open, t.TempDir())})
				})
			}
		})
	}
}

// openFor opens a journal, and closes it when the test ends.
func openFor(t testing.TB, open OpenJournal, dir string) journal.Journal {
	j := open(t, dir)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	return j
}

type suiteTest struct {
	name string
	run  func(*suite)
}

// suite is one test on a journal of its own.
type suite struct {
	*testing.T
	journal.Journal
}

// own claims the partition of a stream.
func (s *suite) own(stream *Stream) journal.Writer {
	s.Helper()
	w, err := s.Own(s.Context(), stream.ID.Partition())
	require.NoError(s, err)
	return w
}

// read returns a session's records from event from on. It fails on an error.
func (s *suite) read(id journal.SessionID, from journal.Seq) []journal.Record {
	s.Helper()
	records, err := readAll(s.Context(), s.Journal, id, from)
	require.NoError(s, err)
	return records
}

// requireStream requires that the journal holds the stream's records, and no others.
func (s *suite) requireStream(stream *Stream) {
	s.Helper()
	requireRecords(s, stream.Records, s.read(stream.ID, 1))
	head, err := s.Head(s.Context(), stream.ID)
	require.NoError(s, err)
	require.Equal(s, stream.Head, head)
}

func readAll(ctx context.Context, j journal.Journal, id journal.SessionID, from journal.Seq) ([]journal.Record, error) {
	var records []journal.Record
	for r, err := range j.Read(ctx, id, from) {
		if err != nil {
			return records, err
		}
		records = append(records, r)
	}
	return records, nil
}

// requireRecords compares records, treating nil and empty parts as equal.
func requireRecords(t testing.TB, want, got []journal.Record) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		w, g := want[i], got[i]
		require.Equal(t, w.Hash, g.Hash, "hash of event %d", w.Seq)
		require.Equal(t, w.Seq, g.Seq)
		require.Equal(t, w.Session, g.Session)
		require.Equal(t, w.Type, g.Type)
		require.Equal(t, w.Time, g.Time)
		require.Equal(t, string(w.Public), string(g.Public), "public part of event %d", w.Seq)
		require.Equal(t, string(w.Private), string(g.Private), "private part of event %d", w.Seq)
	}
}

// outcome returns the outcome of a commit. It fails after patience.
func outcome(t testing.TB, c *journal.Commit) error {
	t.Helper()
	select {
	case <-c.Done():
		return c.Err()
	case <-time.After(patience):
		require.FailNow(t, "commit was not resolved")
		return nil
	}
}

func requireCommitted(t testing.TB, commits ...*journal.Commit) {
	t.Helper()
	for i, c := range commits {
		require.NoError(t, outcome(t, c), "commit %d", i)
	}
}
