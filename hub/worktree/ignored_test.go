package worktree

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIgnored(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	l := newLab(t)
	l.write(".gitignore", "/build/\ncache*\n")
	l.write(".git/info/exclude", "private\n")
	for _, dir := range []string{"build", "cache-1", "private", "src/build", "src/cache", ":(top)", "-z", "a[b]*"} {
		require.NoError(t, os.MkdirAll(filepath.Join(l.dir, dir), 0o700))
	}
	names := []string{"build", "cache", "src", "private", ":(top)", "-z", "a[b]*"}
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	for dir, want := range map[string]map[string]bool{
		l.dir:                         {"build": true, "cache": true, "private": true},
		filepath.Join(l.dir, "src"):   {"cache": true, "private": true},
		filepath.Join(l.dir, "build"): all,
		t.TempDir():                   {},
	} {
		require.Equal(t, want, Ignored(t.Context(), dir, names), dir)
	}
	require.Empty(t, Ignored(t.Context(), l.dir, nil))
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "parley-ignored-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
