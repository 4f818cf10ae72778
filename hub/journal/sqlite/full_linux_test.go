package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"parley/hub/hubtest/journaltest"
	"parley/hub/journal"
)

// smallDisk mounts a file system of a few MiB. It skips the test if the process may
// not mount one, for which it must be root.
func smallDisk(t *testing.T) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,mode=0700"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, 0)) })
	return dir
}

func TestJournal_accepts_appends_again_once_a_full_disk_has_room(t *testing.T) {
	dir := smallDisk(t)
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	j, w := openWriter(t, dir, options{})
	payload := bytes.Repeat([]byte("x"), 20<<10)
	s := fill(t, w, journaltest.NewSession(1), payload)
	requireHolds(t, j, s)
	require.ErrorIs(t, w.Append(s.Fork().Of(payload)).Err(), journal.ErrFull, "it stays full")
	requireHolds(t, j, s)

	require.NoError(t, os.Remove(ballast))
	require.NoError(t, w.Append(s.Of(payload)).Err())
	requireHolds(t, j, s)
	require.NoError(t, j.Close())
	again := openForTest(t, dir)
	defer again.Close()
	requireHolds(t, again, s)
}
