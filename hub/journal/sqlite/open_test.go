package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/hubtest/journaltest"
)

func TestOpen_creates_files_that_only_their_owner_can_read(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "data")
	_, w := openWriter(t, dir, options{})
	require.NoError(t, w.Append(journaltest.NewSession(1).Next(1)).Err())
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f.Name())
	}
}

func TestOpen_of_a_journal_that_is_in_use_names_the_file(t *testing.T) {
	dir := t.TempDir()
	j := openForTest(t, dir)
	_, err := Open(dir, Options{})
	require.ErrorContains(t, err, filepath.Join(dir, FileName))
	require.ErrorContains(t, err, "in use")
	require.NoError(t, j.Close())
	require.NoError(t, openForTest(t, dir).Close(), "closing frees it")
}

func TestJournal_is_a_single_file_after_Close(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, openForTest(t, dir).Close())
	_, err := os.Stat(filepath.Join(dir, FileName+"-wal"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestOpen_takes_any_path(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "100% ?a=b&c #1 ä")
	require.NoError(t, openForTest(t, dir).Close())
	_, err := os.Stat(filepath.Join(dir, FileName))
	require.NoError(t, err)
}

func TestOpen_refuses_a_file_that_is_not_its_own(t *testing.T) {
	for _, test := range []struct{ name, statement, want string }{
		{"a newer format", "PRAGMA user_version = 5", "format 5, written by a newer version"},
		{"another program's database", "PRAGMA application_id = 7", "not a Parley journal"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, openForTest(t, dir).Close())
			alter(t, dir, test.statement)
			_, err := Open(dir, Options{})
			require.ErrorContains(t, err, filepath.Join(dir, FileName))
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, Verify(t.Context(), dir, func(Progress) {}, nil), test.want)
		})
	}
	t.Run("a file that is not a database", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, FileName), []byte("Dear diary, today was a day."), 0o600))
		_, err := Open(dir, Options{})
		require.ErrorContains(t, err, "not a database")
	})
}

func TestOpen_says_why_a_directory_cannot_be_used(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(file, Options{})
	require.ErrorContains(t, err, file)
}
