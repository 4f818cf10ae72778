package secretfile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/secretfile"
)

func TestWrite_replaces_a_file_that_only_its_owner_can_read(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	for _, content := range []string{"one", "two"} {
		require.NoError(t, secretfile.Write(path, []byte(content)))
		got, err := secretfile.Read(path)
		require.NoError(t, err)
		require.Equal(t, content, string(got))
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}

func TestWrite_removes_what_a_crash_has_left(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret.new-123"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "other"), nil, 0o600))
	require.NoError(t, secretfile.Write(filepath.Join(dir, "secret"), []byte("x")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestRead_refuses_what_others_can_read_or_have_put_there(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	require.NoError(t, os.WriteFile(open, nil, 0o644))
	_, err := secretfile.Read(open)
	require.EqualError(t, err, open+" can be read by other users; run: chmod 600 "+open)

	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(open, link))
	_, err = secretfile.Read(link)
	require.EqualError(t, err, link+" is not a regular file; replace it with the file itself")

	_, err = secretfile.Read(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
