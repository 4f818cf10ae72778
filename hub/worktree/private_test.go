package worktree

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/protocol"
)

// The data directory holds the key of all tokens. A hostile .gitignore cannot show it.
func TestChanges_never_show_the_servers_own_files(t *testing.T) {
	l := newLab(t)
	l.Close()
	l.write("data/token.key", "secret\n")
	l.write("data/own.txt", "committed by mistake\n")
	l.write(".gitignore", "!data/\n!data/**\n")
	l.user("add", "-f", "data/own.txt")
	l.user("commit", "-q", "-m", "data")
	l.Store = New(filepath.Join(l.dir, "data", "changes"), zaptest.NewLogger(t))
	t.Cleanup(l.Close)
	l.begin()
	l.write("data/token.key", "another secret\n")
	l.write("data/own.txt", "changed\n")
	l.write("database.txt", "not in the data directory\n")
	for _, scope := range []string{"all", "uncommitted"} {
		a := l.changes(protocol.ChangesQuery{Scope: scope})
		require.Empty(t, a.Reason)
		require.Contains(t, statusOf(a), "database.txt")
		for path := range statusOf(a) {
			require.NotContains(t, path, "data/", scope)
		}
	}
	files, err := l.Files(t.Context(), l.session, l.dir, "data")
	require.NoError(t, err)
	require.Len(t, files.Files, 1)

	l.dir = filepath.Join(l.dir, "data")
	require.Equal(t, string(errPrivate), l.changes(protocol.ChangesQuery{}).Reason)
	files, err = l.Files(t.Context(), l.session, l.dir, "")
	require.NoError(t, err)
	require.Empty(t, files.Files)

	scratch := filepath.Join(l.dir, "demo", "work", "x")
	require.NoError(t, os.MkdirAll(scratch, 0o700))
	_, err = privateIn(scratch, filepath.Dir(l.Store.dir))
	require.NoError(t, err)
}
