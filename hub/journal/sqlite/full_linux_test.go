package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"parley/hub/hubtest"
	"parley/hub/journal"
)

// smallDisk mounts a file system of a few MiB, for which one has to be root.
func smallDisk(t *testing.T) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,mode=0700"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, 0)) })
	return dir
}

func TestJournal_on_a_disk_that_fills_up_goes_on_once_there_is_room(t *testing.T) {
	dir := smallDisk(t)
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	j, err := Open(dir, Options{})
	require.NoError(t, err)
	s := hubtest.NewSession(1)
	w, err := j.Own(t.Context(), 1)
	require.NoError(t, err)
	payload := bytes.Repeat([]byte("x"), 20<<10)
	for full := false; !full; {
		kept := s.Fork()
		if err := w.Append(s.Of(payload)).Err(); err != nil {
			require.ErrorIs(t, err, journal.ErrFull)
			s, full = kept, true
		}
	}
	requireHolds(t, j, s)
	require.ErrorIs(t, w.Append(s.Fork().Of(payload)).Err(), journal.ErrFull, "still")
	requireHolds(t, j, s)

	require.NoError(t, os.Remove(ballast))
	require.NoError(t, w.Append(s.Of(payload)).Err())
	requireHolds(t, j, s)
	require.NoError(t, j.Close())
	j, err = Open(dir, Options{})
	require.NoError(t, err)
	defer j.Close()
	requireHolds(t, j, s)
}
