package share

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// begin makes a slot for a directory, as a process does that ends.
func begin(t *testing.T, store, dir, server string) *slot {
	t.Helper()
	s, err := newSlot(store, record{Dir: dir, Server: server, Key: "secret", Epoch: nextEpoch(0)})
	require.NoError(t, err)
	return s
}

func TestStore_resumes_the_newest_share_of_the_directory(t *testing.T) {
	store := t.TempDir()
	for _, dir := range []string{"/a", "/b", "/a"} {
		begin(t, store, dir, "https://s").release()
	}
	newest := begin(t, store, "/a", "https://s")
	newest.release()
	begin(t, store, "/a", "https://other").release()
	s, err := resumeSlot(store, "/a", "https://s")
	require.NoError(t, err)
	require.Equal(t, newest.dir, s.dir)
	_, err = resumeSlot(store, "/c", "")
	require.ErrorIs(t, err, errNothingToResume)
	_, err = resumeSlot(filepath.Join(store, "none"), "/a", "")
	require.ErrorIs(t, err, errNothingToResume)
}

func TestStore_a_share_in_use_is_not_resumed(t *testing.T) {
	store := t.TempDir()
	s := begin(t, store, "/a", "")
	_, err := resumeSlot(store, "/a", "")
	require.ErrorIs(t, err, errStillRuns)
	s.release()
	_, err = resumeSlot(store, "/a", "")
	require.NoError(t, err)
}

func TestStore_is_readable_by_the_user_alone(t *testing.T) {
	s := begin(t, filepath.Join(t.TempDir(), "share"), "/a", "")
	for path, mode := range map[string]os.FileMode{s.dir: 0o700, filepath.Join(s.dir, recordFile): 0o600} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), path)
	}
}

func TestStore_forgets_what_was_not_used_for_long(t *testing.T) {
	store := t.TempDir()
	old := begin(t, store, "/a", "")
	content, err := os.ReadFile(filepath.Join(old.dir, recordFile))
	require.NoError(t, err)
	year := time.Now().Format("2006")
	aged := strings.ReplaceAll(string(content), `"updatedAt": "`+year, `"updatedAt": "2001`)
	require.NoError(t, os.WriteFile(filepath.Join(old.dir, recordFile), []byte(aged), 0o600))
	begin(t, store, "/b", "").release()
	require.DirExists(t, old.dir, "it is in use")
	old.release()
	begin(t, store, "/b", "").release()
	require.NoDirExists(t, old.dir)
}

func TestStore_leaves_alone_what_it_cannot_read(t *testing.T) {
	store := t.TempDir()
	s := begin(t, store, "/a", "")
	s.release()
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, recordFile), []byte("{"), 0o600))
	_, err := resumeSlot(store, "/a", "")
	require.ErrorIs(t, err, errNothingToResume)
	require.DirExists(t, s.dir)
}

func TestEpoch_always_grows(t *testing.T) {
	future := uint64(time.Now().Add(time.Hour).Unix())
	require.Equal(t, future+1, nextEpoch(future))
	require.Greater(t, nextEpoch(1), uint64(time.Now().Add(-time.Hour).Unix()))
}
