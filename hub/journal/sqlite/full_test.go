package sqlite

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/hubtest/faultdisk"
	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

// openOn is openWriter on a disk that can fail. Closing the journal must not fail.
func openOn(t *testing.T, d *disk, o options) (*Journal, journal.Writer) {
	o.vfs = d.name
	j, w := openWriter(t, t.TempDir(), o)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	return j, w
}

// failKind fails all operations of one kind with a result code of SQLite.
func failKind(kind faultdisk.Kind, code int32) func(faultdisk.Op) int32 {
	return func(op faultdisk.Op) int32 {
		if op.Kind == kind {
			return code
		}
		return sqlite3.SQLITE_OK
	}
}

// failSecondWrite fails every second write.
func failSecondWrite(code int32) func(faultdisk.Op) int32 {
	n := 0
	return func(op faultdisk.Op) int32 {
		if op.Kind != faultdisk.Write {
			return sqlite3.SQLITE_OK
		}
		if n++; n%2 == 0 {
			return code
		}
		return sqlite3.SQLITE_OK
	}
}

// fill appends events until the journal is full. It returns the stream as it is
// stored.
func fill(t *testing.T, w journal.Writer, s *journaltest.Stream, payload []byte) *journaltest.Stream {
	for {
		stored := s.Fork()
		if err := w.Append(s.Of(payload)).Err(); err != nil {
			require.ErrorIs(t, err, journal.ErrFull)
			return stored
		}
	}
}

// requireHolds requires the session's events in the journal, and no others.
func requireHolds(t *testing.T, j journal.Journal, s *journaltest.Stream) {
	t.Helper()
	head, err := j.Head(t.Context(), s.ID)
	require.NoError(t, err)
	require.Equal(t, s.Head, head)
	var n int
	for r, err := range j.Read(t.Context(), s.ID, 1) {
		require.NoError(t, err)
		require.Equal(t, s.Records[n].Hash, r.Hash)
		n++
	}
	require.Len(t, s.Records, n)
}

func TestJournal_survives_disk_errors(t *testing.T) {
	for _, test := range []struct {
		name string
		fail func(faultdisk.Op) int32
		want error
	}{
		{"no room for writes", failKind(faultdisk.Write, sqlite3.SQLITE_FULL), journal.ErrFull},
		{"room for half a commit", failSecondWrite(sqlite3.SQLITE_FULL), journal.ErrFull},
		{"failing writes", failKind(faultdisk.Write, sqlite3.SQLITE_IOERR_WRITE), journal.ErrUnavailable},
		{"failing syncs", failKind(faultdisk.Sync, sqlite3.SQLITE_IOERR_FSYNC), journal.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDisk(t)
			j, w := openOn(t, d, options{})
			s := journaltest.NewSession(1)
			for range 20 {
				require.NoError(t, w.Append(s.Next(2)).Err())
			}
			for range 3 {
				d.failWith(test.fail)
				kept := s.Fork()
				failed := []*journal.Commit{w.Append(s.Next(1)), w.Append(s.Next(1)), w.Append(s.Next(1))}
				require.ErrorIs(t, failed[0].Err(), test.want)
				for _, c := range failed[1:] { // in the same batch or in a later one
					require.Error(t, c.Err())
				}
				d.failWith(nil)
				s = kept
				requireHolds(t, j, s)
				require.NoError(t, w.Append(s.Next(1)).Err(), "the next append succeeds at once")
			}
			requireHolds(t, j, s)
		})
	}
}

func TestJournal_hides_a_commit_whose_sync_failed_from_a_reader_that_connects_later(t *testing.T) {
	d := newDisk(t)
	j, w := openOn(t, d, options{})
	j.read.db.SetMaxIdleConns(0) // closes each reading connection at once, as a quiet minute does
	s := journaltest.NewSession(1)
	require.NoError(t, w.Append(s.Next(1)).Err())
	for range 3 {
		d.failWith(failKind(faultdisk.Sync, sqlite3.SQLITE_IOERR_FSYNC))
		require.ErrorIs(t, w.Append(s.Fork().Next(1)).Err(), journal.ErrUnavailable)
		requireHolds(t, j, s)
		d.failWith(nil)
		requireHolds(t, j, s)
		require.NoError(t, w.Append(s.Next(1)).Err())
		requireHolds(t, j, s)
	}
}

func TestJournal_is_full_at_its_maximum_size(t *testing.T) {
	dir := t.TempDir()
	j, w := openWriter(t, dir, options{maxPages: 64})
	payload := bytes.Repeat([]byte("x"), 8<<10)
	s := fill(t, w, journaltest.NewSession(1), payload)
	requireHolds(t, j, s)
	require.ErrorIs(t, w.Append(s.Fork().Of(payload)).Err(), journal.ErrFull, "it stays full")
	require.NoError(t, j.Close())

	j, w = openWriter(t, dir, options{})
	requireHolds(t, j, s)
	require.NoError(t, w.Append(s.Of(payload)).Err(), "there is room without the limit")
	requireHolds(t, j, s)
}
