package worktree

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"parley/hub/journal"
	"parley/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab is a store and a working directory.
type lab struct {
	*Store
	t       *testing.T
	dir     string // the working directory
	session journal.SessionID
}

// newLab returns a lab with a repository that has one commit.
func newLab(t *testing.T) *lab {
	l := emptyLab(t)
	l.user("init", "-q", "-b", "main")
	l.write("shop.go", "package shop\n\nfunc Total() int { return 1 }\n")
	l.write("old.txt", strings.Repeat("a line that stays\n", 20))
	l.write(".gitignore", "ignored/\n")
	l.commit("first")
	return l
}

func emptyLab(t *testing.T) *lab {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	l := &lab{Store: New(filepath.Join(t.TempDir(), "changes"), zaptest.NewLogger(t)), t: t, dir: filepath.Join(dir, "work")}
	require.NoError(t, os.Mkdir(l.dir, 0o700))
	t.Cleanup(l.Close)
	l.session = journal.NewSharedSessionID(journal.NewHostSessionID())
	return l
}

// user runs git as the user would.
func (l *lab) user(args ...string) string {
	l.t.Helper()
	cmd := exec.CommandContext(l.t.Context(), "git", args...)
	cmd.Dir = l.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org")
	out, err := cmd.CombinedOutput()
	require.NoError(l.t, err, string(out))
	return strings.TrimSpace(string(out))
}

func (l *lab) commit(message string) {
	l.t.Helper()
	l.user("add", "-A")
	l.user("commit", "-q", "-m", message)
}

func (l *lab) write(name, content string) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	require.NoError(l.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(l.t, os.WriteFile(path, []byte(content), 0o600))
}

func (l *lab) remove(name string) {
	l.t.Helper()
	require.NoError(l.t, os.RemoveAll(filepath.Join(l.dir, name)))
}

// begin records the baseline and waits.
func (l *lab) begin() {
	l.t.Helper()
	l.Begin(l.session, l.dir)
	l.settle()
}

// turn records the end of a turn and waits.
func (l *lab) turn(id string) {
	l.t.Helper()
	l.TurnEnded(l.session, l.dir, id, time.Now())
	l.settle()
}

// settle waits for the jobs before it.
func (l *lab) settle() {
	l.t.Helper()
	done := make(chan struct{})
	l.jobs[part(l.session, workers)] <- func(context.Context) { close(done) }
	select {
	case <-done:
	case <-time.After(time.Minute):
		l.t.Fatal("the jobs do not end")
	}
}

func (l *lab) changes(q protocol.ChangesQuery) *protocol.ChangesAnswer {
	l.t.Helper()
	require.NoError(l.t, q.Normalize())
	l.forget()
	a, err := l.Changes(l.t.Context(), l.session, l.dir, q)
	require.NoError(l.t, err)
	return a
}

// forget makes the next read look at the files again at once.
func (l *lab) forget() {
	r, err := openRecording(l.base(l.session), l.dir)
	require.NoError(l.t, err)
	if r.state.Now != nil {
		r.state.Now = nil
		require.NoError(l.t, r.save())
	}
}

// statusOf returns the status of each file of an answer.
func statusOf(a *protocol.ChangesAnswer) map[string]string {
	found := map[string]string{}
	for _, f := range a.Files {
		found[f.Path] = f.Status
	}
	return found
}

func file(t *testing.T, a *protocol.ChangesAnswer, path string) protocol.ChangedFile {
	t.Helper()
	for _, f := range a.Files {
		if f.Path == path {
			return f
		}
	}
	t.Fatalf("%s has not changed", path)
	return protocol.ChangedFile{}
}

func TestChanges_since_the_session_began_and_since_the_last_commit(t *testing.T) {
	l := newLab(t)
	l.write("before.txt", "not committed when the session begins\n")
	l.begin()
	require.Empty(t, l.changes(protocol.ChangesQuery{}).Files)
	require.Equal(t, map[string]string{"before.txt": "added"}, statusOf(l.changes(protocol.ChangesQuery{Scope: "uncommitted"})))

	l.write("shop.go", "package shop\n\nfunc Total() int { return 2 }\n")
	l.write("new/file.txt", "one\ntwo\n")
	l.write("ignored/secret.txt", "ignored\n")
	l.user("mv", "old.txt", "renamed.txt")
	l.remove("before.txt")
	a := l.changes(protocol.ChangesQuery{})
	require.Empty(t, a.Reason)
	require.Equal(t, map[string]string{"shop.go": "modified", "new/file.txt": "added", "renamed.txt": "renamed", "before.txt": "deleted"}, statusOf(a))
	require.Equal(t, "old.txt", file(t, a, "renamed.txt").OldPath)
	require.Equal(t, "@@ -1,3 +1,3 @@\n package shop\n \n-func Total() int { return 1 }\n+func Total() int { return 2 }\n", file(t, a, "shop.go").Patch)
	require.Equal(t, "main", a.Branch)
	require.Equal(t, 4, a.Total)
	require.Equal(t, []int{3, 2}, []int{a.Additions, a.Deletions})
	require.NotNil(t, a.Since)

	l.commit("second")
	require.Len(t, l.changes(protocol.ChangesQuery{}).Files, 4, "a commit changes nothing")
	require.Empty(t, l.changes(protocol.ChangesQuery{Scope: "uncommitted"}).Files)
}

func TestChanges_of_each_turn(t *testing.T) {
	l := newLab(t)
	l.begin()
	l.write("one.txt", "1\n")
	l.turn("first")
	l.write("two.txt", "2\n")
	l.turn("second")
	l.turn("second")
	l.write("three.txt", "3\n")
	of := func(turn string) map[string]string {
		return statusOf(l.changes(protocol.ChangesQuery{Scope: "turn", Turn: turn}))
	}
	require.Equal(t, map[string]string{"one.txt": "added"}, of("first"))
	require.Equal(t, map[string]string{"two.txt": "added"}, of("second"))
	require.Equal(t, string(errNoTurn), l.changes(protocol.ChangesQuery{Scope: "turn", Turn: "third"}).Reason)
	require.Len(t, l.changes(protocol.ChangesQuery{}).Turns, 2)
	require.Len(t, l.changes(protocol.ChangesQuery{}).Files, 3)
}

func TestChanges_leave_the_repository_alone(t *testing.T) {
	l := newLab(t)
	l.write("shop.go", "changed\n")
	list := func() map[string]string {
		files := map[string]string{}
		require.NoError(t, filepath.WalkDir(l.dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				content, err := os.ReadFile(path)
				files[path] = string(content)
				return err
			}
			return err
		}))
		return files
	}
	before := list()
	l.begin()
	l.changes(protocol.ChangesQuery{})
	l.changes(protocol.ChangesQuery{Scope: "uncommitted"})
	l.turn("t")
	require.Equal(t, before, list())
}
