package sqlite

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/hubtest"
	"parley/hub/hubtest/faultdisk"
	"parley/hub/journal"
)

// openOn opens a journal on a disk that can fail.
func openOn(t *testing.T, d *disk, o options) (*Journal, journal.Writer) {
	o.vfs = d.name
	j, err := open(t.TempDir(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	return j, w
}

// requireHolds fails unless the journal holds exactly these events.
func requireHolds(t *testing.T, j journal.Journal, s *hubtest.Stream) {
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

// Each case has its own way to make the disk fail and to let it work again.
func TestJournal_survives_a_disk_that_fails(t *testing.T) {
	for _, test := range []struct {
		name string
		fail func(faultdisk.Op) int32
		want error
	}{
		{"with no room for writes", func(op faultdisk.Op) int32 { return only(op.Kind == faultdisk.Write, sqlite3.SQLITE_FULL) }, journal.ErrFull},
		{"with room for half a commit", secondWrite(sqlite3.SQLITE_FULL), journal.ErrFull},
		{"with writes that fail", func(op faultdisk.Op) int32 { return only(op.Kind == faultdisk.Write, sqlite3.SQLITE_IOERR_WRITE) }, journal.ErrUnavailable},
		{"with syncs that fail", func(op faultdisk.Op) int32 { return only(op.Kind == faultdisk.Sync, sqlite3.SQLITE_IOERR_FSYNC) }, journal.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDisk(t)
			j, w := openOn(t, d, options{})
			s := hubtest.NewSession(1)
			for range 20 {
				require.NoError(t, w.Append(s.Next(2)).Err())
			}
			for range 3 {
				d.failWith(test.fail)
				kept := s.Fork()
				failed := []*journal.Commit{w.Append(s.Next(1)), w.Append(s.Next(1)), w.Append(s.Next(1))}
				require.ErrorIs(t, failed[0].Err(), test.want)
				for _, c := range failed[1:] { // in the same batch or a later one
					require.Error(t, c.Err())
				}
				d.failWith(nil)
				s = kept
				requireHolds(t, j, s)
				require.NoError(t, w.Append(s.Next(1)).Err(), "it works again at once")
			}
			requireHolds(t, j, s)
		})
	}
}

func TestJournal_shows_nothing_of_a_commit_whose_sync_failed_when_no_reader_is_left(t *testing.T) {
	d := newDisk(t)
	j, w := openOn(t, d, options{})
	j.read.db.SetMaxIdleConns(0) // every reader goes at once, as after a quiet minute
	s := hubtest.NewSession(1)
	require.NoError(t, w.Append(s.Next(1)).Err())
	for range 3 {
		d.failWith(func(op faultdisk.Op) int32 { return only(op.Kind == faultdisk.Sync, sqlite3.SQLITE_IOERR_FSYNC) })
		require.ErrorIs(t, w.Append(s.Fork().Next(1)).Err(), journal.ErrUnavailable)
		requireHolds(t, j, s)
		d.failWith(nil)
		requireHolds(t, j, s)
		require.NoError(t, w.Append(s.Next(1)).Err())
		requireHolds(t, j, s)
	}
}

func only(when bool, code int32) int32 {
	if when {
		return code
	}
	return sqlite3.SQLITE_OK
}

// secondWrite fails every second write.
func secondWrite(code int32) func(faultdisk.Op) int32 {
	n := 0
	return func(op faultdisk.Op) int32 {
		if op.Kind == faultdisk.Write {
			n++
		}
		return only(op.Kind == faultdisk.Write && n%2 == 0, code)
	}
}

func TestJournal_that_has_reached_its_largest_size_is_full(t *testing.T) {
	dir := t.TempDir()
	j, err := open(dir, options{maxPages: 64})
	require.NoError(t, err)
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	s := hubtest.NewSession(1)
	payload := bytes.Repeat([]byte("x"), 8<<10)
	for full := false; !full; {
		kept := s.Fork()
		if err := w.Append(s.Of(payload)).Err(); err != nil {
			require.ErrorIs(t, err, journal.ErrFull)
			s, full = kept, true
		}
	}
	requireHolds(t, j, s)
	require.ErrorIs(t, w.Append(s.Fork().Of(payload)).Err(), journal.ErrFull, "still")
	require.NoError(t, j.Close())

	again, err := Open(dir, Options{})
	require.NoError(t, err)
	defer again.Close()
	requireHolds(t, again, s)
	w, err = again.Own(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, w.Append(s.Of(payload)).Err(), "with more room")
	requireHolds(t, again, s)
}
