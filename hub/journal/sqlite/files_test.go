package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/hubtest/faultdisk"
	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

// eachLoss runs a test with each way in which a running journal can lose a file.
func eachLoss(t *testing.T, test func(t *testing.T, lose func(t *testing.T, dir string))) {
	remove := func(names ...string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			for _, name := range names {
				require.NoError(t, os.Remove(filepath.Join(dir, name)))
			}
		}
	}
	for name, lose := range map[string]func(*testing.T, string){
		"the directory is removed":             func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(dir)) },
		"the directory is moved":               func(t *testing.T, dir string) { require.NoError(t, os.Rename(dir, dir+".away")) },
		"the directory is replaced by a copy":  replaceByCopy,
		"the database is removed":              remove(FileName),
		"the database is replaced by its copy": func(t *testing.T, dir string) { replaceFile(t, filepath.Join(dir, FileName)) },
		"the log is removed":                   remove(FileName + "-wal"),
		"the log is replaced by its copy":      func(t *testing.T, dir string) { replaceFile(t, filepath.Join(dir, FileName+"-wal")) },
		"the log and its index are removed":    remove(FileName+"-wal", FileName+"-shm"),
		"the lock is removed":                  remove(lockFileName),
	} {
		t.Run(name, func(t *testing.T) { test(t, lose) })
	}
}

func replaceByCopy(t *testing.T, dir string) {
	require.NoError(t, os.CopyFS(dir+".copy", os.DirFS(dir)))
	require.NoError(t, os.Rename(dir, dir+".away"))
	require.NoError(t, os.Rename(dir+".copy", dir))
}

func replaceFile(t *testing.T, path string) {
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+".new", content, 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

func TestJournal_acknowledges_nothing_after_losing_a_file(t *testing.T) {
	eachLoss(t, func(t *testing.T, lose func(*testing.T, string)) {
		dir := filepath.Join(t.TempDir(), "data")
		j, w := openWriter(t, dir, options{})
		s := journaltest.NewSession(1)
		require.NoError(t, w.Append(s.Next(1)).Err())
		require.NoError(t, j.Ready(t.Context()))

		lose(t, dir)
		err := w.Append(s.Fork().Next(1)).Err()
		require.ErrorIs(t, err, journal.ErrUnavailable)
		require.ErrorContains(t, err, "restart the server")
		require.ErrorIs(t, w.Append(s.Fork().Next(1)).Err(), journal.ErrUnavailable, "the loss is permanent")
		require.ErrorIs(t, j.Ready(t.Context()), journal.ErrUnavailable, "the earlier probe no longer counts")
		_, err = j.Head(t.Context(), s.ID)
		require.ErrorIs(t, err, journal.ErrUnavailable, "the replacing file is not read")
	})
}

func TestJournal_when_idle_is_not_ready_after_losing_a_file(t *testing.T) {
	eachLoss(t, func(t *testing.T, lose func(*testing.T, string)) {
		dir := filepath.Join(t.TempDir(), "data")
		j, _ := openWriter(t, dir, options{})
		require.NoError(t, j.Ready(t.Context()))
		lose(t, dir)
		require.Eventually(t, func() bool { return j.Ready(t.Context()) != nil }, time.Minute, 10*time.Millisecond)
		require.ErrorIs(t, j.Ready(t.Context()), journal.ErrUnavailable)
	})
}

// Closing SQLite's last connection deletes the file by the log's name.
func TestJournal_does_not_touch_the_files_that_replaced_its_own(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	j, w := openWriter(t, dir, options{})
	s := journaltest.NewSession(1)
	require.NoError(t, w.Append(s.Next(3)).Err())
	replaceByCopy(t, dir)
	require.NoError(t, j.Close())

	restored := openForTest(t, dir)
	defer restored.Close()
	requireHolds(t, restored, s)
}

func TestJournal_keeps_acknowledged_events_when_its_log_is_removed(t *testing.T) {
	for _, end := range []struct {
		name  string
		close bool
	}{{"before it is closed", true}, {"before it is killed after the next commit", false}} {
		t.Run(end.name, func(t *testing.T) {
			dir := t.TempDir()
			j, w := openWriter(t, dir, options{})
			s := journaltest.NewSession(1)
			for range 20 {
				require.NoError(t, w.Append(s.Next(2)).Err())
			}
			require.NoError(t, os.Remove(filepath.Join(dir, FileName+"-wal")))
			if end.close {
				require.NoError(t, j.Close())
			} else {
				require.Error(t, w.Append(s.Fork().Next(1)).Err())
			}
			left := t.TempDir()
			content, err := os.ReadFile(filepath.Join(dir, FileName))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(left, FileName), content, 0o600))
			again := openForTest(t, left)
			defer again.Close()
			head, err := again.Head(t.Context(), s.ID)
			require.NoError(t, err)
			require.GreaterOrEqual(t, head.Seq, s.Head.Seq)
		})
	}
}

func TestJournal_is_not_ready_while_commits_fail(t *testing.T) {
	for _, fault := range []struct {
		name string
		fail func(faultdisk.Op) int32
		want error
	}{
		{"because the disk is full", failKind(faultdisk.Write, sqlite3.SQLITE_FULL), journal.ErrFull},
		{"because syncs fail", failKind(faultdisk.Sync, sqlite3.SQLITE_IOERR_FSYNC), journal.ErrUnavailable},
	} {
		t.Run(fault.name, func(t *testing.T) {
			d := newDisk(t)
			j, w := openOn(t, d, options{})
			s := journaltest.NewSession(1)
			d.failWith(fault.fail)
			require.Eventually(t, func() bool { return j.Ready(t.Context()) != nil }, time.Minute, 10*time.Millisecond)
			require.ErrorIs(t, j.Ready(t.Context()), fault.want)
			d.failWith(nil)
			require.Eventually(t, func() bool { return j.Ready(t.Context()) == nil }, time.Minute, 10*time.Millisecond)
			require.NoError(t, w.Append(s.Next(1)).Err())
		})
	}
}

func TestJournal_is_not_ready_while_the_disk_hangs(t *testing.T) {
	d := newDisk(t)
	j, _ := openOn(t, d, options{})
	hang := make(chan struct{})    // closed by the test to let syncs continue
	hung := make(chan struct{}, 1) // sent to by the first sync that hangs; capacity 1, so that it need not wait
	d.failWith(func(op faultdisk.Op) int32 {
		if op.Kind == faultdisk.Sync {
			select {
			case hung <- struct{}{}:
			default:
			}
			<-hang
		}
		return sqlite3.SQLITE_OK
	})
	defer close(hang)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // ends once a sync hangs
		<-hung
		cancel()
	}()
	require.Eventually(t, func() bool { return j.Ready(ctx) != nil }, time.Minute, 10*time.Millisecond)
	require.ErrorContains(t, j.Ready(ctx), "does not answer")
}
