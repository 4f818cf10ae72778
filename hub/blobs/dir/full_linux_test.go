package dir

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"parley/hub/blobs"
)

// smallDisk mounts a file system of 6 MiB. It skips the test unless it runs as root.
func smallDisk(t *testing.T) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=6m,mode=0700"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, 0)) })
	return dir
}

func TestStore_on_a_full_disk_refuses_files_and_keeps_those_it_has(t *testing.T) {
	disk := smallDisk(t)
	s := openStore(t, filepath.Join(disk, "attachments"), blobs.DefaultLimits)
	content := bytes.Repeat([]byte("x"), 512<<10)
	stored := 0
	for ; ; stored++ {
		content[0] = byte(stored)
		_, err := s.Put(t.Context(), session, blobs.File{ID: fmt.Sprint(stored)}, bytes.NewReader(content), int64(len(content)))
		if err != nil {
			require.ErrorIs(t, err, blobs.ErrFull)
			break
		}
	}
	require.Greater(t, stored, 3)
	room := filepath.Join(disk, "journal")
	require.NoError(t, os.WriteFile(room, make([]byte, 1<<20), 0o600), "the journal still has room")

	s.space = func(string) (int64, int64, error) { return 1 << 40, 1 << 40, nil } // the disk itself refuses now
	_, err := s.Put(t.Context(), session, blobs.File{ID: "x"}, bytes.NewReader(make([]byte, 3<<20)), 3<<20)
	require.ErrorIs(t, err, blobs.ErrFull)
	left, err := os.ReadDir(s.temporary())
	require.NoError(t, err)
	require.Empty(t, left, "nothing is left of it")
	free, _, err := space(disk)
	require.NoError(t, err)
	_, err = s.Put(t.Context(), session, blobs.File{ID: "x"}, bytes.NewReader(make([]byte, free)), free)
	require.ErrorIs(t, err, blobs.ErrFull, "the content took all the room, so that its description had none")
	left, err = os.ReadDir(s.dir(session))
	require.NoError(t, err)
	require.Len(t, left, 2*stored, "nothing is left of it")

	again := openStore(t, s.root, blobs.DefaultLimits)
	for i := range stored {
		got, err := again.Open(t.Context(), session, fmt.Sprint(i))
		require.NoError(t, err)
		require.NoError(t, got.Close())
	}
	require.NoError(t, os.Remove(room))
	require.NoError(t, again.DeleteSession(t.Context(), session))
	_, err = again.Put(t.Context(), session, blobs.File{ID: "x"}, bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
}
