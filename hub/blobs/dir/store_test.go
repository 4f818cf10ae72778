package dir

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"parley/hub/blobs"
	"parley/hub/hubtest/blobstest"
	"parley/hub/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openStore(t *testing.T, root string, limits blobs.Limits) *Store {
	t.Helper()
	s, err := Open(root, limits)
	require.NoError(t, err)
	return s
}

func TestStore(t *testing.T) {
	blobstest.RunStoreSuite(t, func(t *testing.T, limits blobs.Limits) blobstest.Opened {
		root := t.TempDir()
		return blobstest.Opened{
			Store:  openStore(t, root, limits),
			Reopen: func(t *testing.T) blobs.Store { return openStore(t, root, limits) },
		}
	})
}

var session = journal.SessionID{1}

func TestOpen_removes_what_a_crash_has_left(t *testing.T) {
	root := t.TempDir()
	s := openStore(t, root, blobs.DefaultLimits)
	_, err := s.Put(t.Context(), session, blobs.File{ID: "a"}, strings.NewReader("content"), -1)
	require.NoError(t, err)
	orphan := filepath.Join(s.dir(session), strings.Repeat("0", 64))
	part := filepath.Join(s.temporary(), "part")
	require.NoError(t, os.WriteFile(orphan, []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(part, []byte("x"), 0o600))
	s = openStore(t, root, blobs.DefaultLimits)
	require.NoFileExists(t, orphan)
	require.NoFileExists(t, part)
	_, err = s.File(t.Context(), session, "a")
	require.NoError(t, err)
}

func TestOpen_keeps_all_contents_of_a_session_with_a_damaged_description(t *testing.T) {
	root := t.TempDir()
	s := openStore(t, root, blobs.DefaultLimits)
	f, err := s.Put(t.Context(), session, blobs.File{ID: "a"}, strings.NewReader("content"), -1)
	require.NoError(t, err)
	path, _ := s.describes(session, "a")
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	s = openStore(t, root, blobs.DefaultLimits)
	_, err = s.File(t.Context(), session, "a")
	require.ErrorIs(t, err, blobs.ErrUnavailable)
	require.FileExists(t, s.content(session, f))
}

func TestStore_leaves_room_on_the_disk(t *testing.T) {
	s := openStore(t, t.TempDir(), blobs.DefaultLimits)
	var free int64
	s.space = func(string) (int64, int64, error) { return free, 1 << 40, nil }
	content := bytes.Repeat([]byte("x"), 1<<20)
	free = reserve + 1<<20 - 1
	_, err := s.Put(t.Context(), session, blobs.File{ID: "a"}, bytes.NewReader(content), 1<<20)
	require.ErrorIs(t, err, blobs.ErrFull)
	free++
	reading := &pausedReader{started: make(chan struct{}), proceed: make(chan struct{})}
	first := make(chan error, 1)
	go func() {
		_, err := s.Put(t.Context(), session, blobs.File{ID: "a"}, io.MultiReader(reading, bytes.NewReader(content)), 1<<20)
		first <- err
	}()
	<-reading.started
	_, err = s.Put(t.Context(), session, blobs.File{ID: "b"}, bytes.NewReader(content), 1<<20)
	require.ErrorIs(t, err, blobs.ErrFull, "the first file needs the room")
	close(reading.proceed)
	require.NoError(t, <-first)
	_, err = s.Put(t.Context(), session, blobs.File{ID: "b"}, bytes.NewReader(content), 1<<20)
	require.NoError(t, err)
}

// pausedReader is an empty reader that waits before it says so.
type pausedReader struct {
	started chan struct{} // closed by Read
	proceed chan struct{} // closed by the test
}

func (r *pausedReader) Read([]byte) (int, error) {
	close(r.started)
	<-r.proceed
	return 0, io.EOF
}

func TestFailure_tells_a_full_disk_from_a_broken_one(t *testing.T) {
	for err, want := range map[error]error{
		&os.PathError{Op: "write", Err: syscall.ENOSPC}: blobs.ErrFull,
		&os.PathError{Op: "write", Err: syscall.EDQUOT}: blobs.ErrFull,
		&os.PathError{Op: "write", Err: syscall.EIO}:    blobs.ErrUnavailable,
		&os.LinkError{Op: "rename", Err: syscall.EIO}:   blobs.ErrUnavailable,
		&os.PathError{Op: "open", Err: syscall.ENOENT}:  blobs.ErrNotFound,
		io.ErrUnexpectedEOF:                             io.ErrUnexpectedEOF,
	} {
		require.ErrorIs(t, failure("store", err), want)
	}
}
