package worktree

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"parley/protocol"
)

func TestChanges_of_odd_files(t *testing.T) {
	l := newLab(t)
	l.write("image.bin", "\x00\x01\x02")
	l.commit("binary")
	l.begin()
	l.write("image.bin", "\x00\x01\x02\x03")
	l.write("caf\xe9 \"x\".txt", "not UTF-8: \xff\n")
	l.write("new\nline.txt", "a\n")
	l.write("-rf", "a\n")
	l.write("diff.txt", "diff --git a/x b/x\n@@ -1 +1 @@\n")
	l.write("empty.txt", "")
	require.NoError(t, os.Chmod(filepath.Join(l.dir, "shop.go"), 0o700))
	a := l.changes(protocol.ChangesQuery{})
	require.Empty(t, a.Reason)
	require.True(t, file(t, a, "image.bin").Binary)
	require.Empty(t, file(t, a, "image.bin").Patch)
	odd := file(t, a, `"caf\351 \"x\".txt"`)
	require.True(t, odd.Quoted)
	require.Equal(t, "@@ -0,0 +1 @@\n+not UTF-8: \ufffd\n", odd.Patch)
	require.Equal(t, odd, l.changes(protocol.ChangesQuery{Path: odd.Path}).Files[0])
	file(t, a, "new\nline.txt")
	file(t, a, "-rf")
	file(t, a, "empty.txt")
	require.Equal(t, "@@ -0,0 +1,2 @@\n+diff --git a/x b/x\n+@@ -1 +1 @@\n", file(t, a, "diff.txt").Patch)
	require.Equal(t, "100644 100755", file(t, a, "shop.go").Mode)
	require.Len(t, a.Files, 7)
}

func TestChanges_of_a_submodule_are_its_commit(t *testing.T) {
	l := newLab(t)
	inner := &lab{t: t, dir: filepath.Join(l.dir, "sub")}
	require.NoError(t, os.Mkdir(inner.dir, 0o700))
	inner.user("init", "-q")
	inner.write("inside.txt", "1\n")
	inner.commit("inner")
	l.commit("outer")
	l.begin()
	inner.write("inside.txt", "2\n")
	require.Empty(t, l.changes(protocol.ChangesQuery{}).Files)
	inner.commit("inner again")
	sub := file(t, l.changes(protocol.ChangesQuery{}), "sub")
	require.Equal(t, "submodule", sub.Kind)
	require.Contains(t, sub.Patch, "+Subproject commit "+inner.user("rev-parse", "HEAD"))
}

func TestChanges_stay_inside_the_working_directory(t *testing.T) {
	l := newLab(t)
	l.write("part/a.txt", "a\n")
	l.write("part/made.log", "ignored by a pattern above\n")
	l.write(".gitignore", "*.log\n")
	l.commit("part")
	l.dir = filepath.Join(l.dir, "part")
	l.begin()
	l.write("a.txt", "b\n")
	l.write("../outside.txt", "outside\n")
	l.write("../shop.go", "outside\n")
	l.write("more.log", "ignored\n")
	l.write("deep/b.txt", "b\n")
	for _, scope := range []string{"all", "uncommitted"} {
		require.Equal(t, map[string]string{"a.txt": "modified", "deep/b.txt": "added"}, statusOf(l.changes(protocol.ChangesQuery{Scope: scope})), scope)
	}
	files, err := l.Files(t.Context(), l.session, l.dir, "")
	require.NoError(t, err)
	for _, f := range files.Files {
		require.False(t, strings.HasPrefix(f.Path, ".."), f.Path)
	}
}

func TestChanges_in_repositories_of_every_kind(t *testing.T) {
	check := func(t *testing.T, l *lab) {
		l.begin()
		l.write("new.txt", "new\n")
		require.Equal(t, map[string]string{"new.txt": "added"}, statusOf(l.changes(protocol.ChangesQuery{})))
		a := l.changes(protocol.ChangesQuery{Scope: "uncommitted"})
		require.Empty(t, a.Reason)
		require.Contains(t, statusOf(a), "new.txt")
	}
	t.Run("without a commit", func(t *testing.T) {
		l := emptyLab(t)
		l.user("init", "-q")
		check(t, l)
	})
	t.Run("with SHA-256", func(t *testing.T) {
		l := emptyLab(t)
		l.user("init", "-q", "--object-format=sha256")
		l.write("a", "a")
		l.commit("a")
		check(t, l)
	})
	t.Run("with packed refs and a detached head", func(t *testing.T) {
		l := newLab(t)
		l.user("pack-refs", "--all")
		check(t, l)
		l.user("checkout", "-q", "--detach")
		require.Empty(t, l.changes(protocol.ChangesQuery{Scope: "uncommitted"}).Branch)
	})
	t.Run("as a linked working tree", func(t *testing.T) {
		l := newLab(t)
		l.user("worktree", "add", "-q", "../linked")
		l.dir = filepath.Join(filepath.Dir(l.dir), "linked")
		check(t, l)
	})
}

// The path of the repository is written into a list of directories.
func TestChanges_in_a_directory_with_an_odd_name(t *testing.T) {
	for _, name := range []string{`a:b "c" \d`, "line\nend", " space "} {
		l := emptyLab(t)
		l.dir = filepath.Join(l.dir, name)
		require.NoError(t, os.Mkdir(l.dir, 0o700))
		l.user("init", "-q")
		l.write("old.txt", "old\n")
		l.commit("old")
		l.begin()
		l.write("old.txt", "new\n")
		require.Equal(t, map[string]string{"old.txt": "modified"}, statusOf(l.changes(protocol.ChangesQuery{})), name)
		require.Equal(t, map[string]string{"old.txt": "modified"}, statusOf(l.changes(protocol.ChangesQuery{Scope: "uncommitted"})), name)
	}
}

func TestChanges_say_why_there_are_none(t *testing.T) {
	none := emptyLab(t)
	none.begin()
	require.Equal(t, string(errNoRepo), none.changes(protocol.ChangesQuery{}).Reason)
	a, err := none.Changes(t.Context(), none.session, "", protocol.ChangesQuery{})
	require.NoError(t, err)
	require.Equal(t, string(errNoDir), a.Reason)
	a, err = none.Changes(t.Context(), none.session, filepath.Join(none.dir, "absent"), protocol.ChangesQuery{})
	require.NoError(t, err)
	require.Contains(t, a.Reason, "does not exist")
	files, err := none.Files(t.Context(), none.session, none.dir, "")
	require.NoError(t, err)
	require.Empty(t, files.Reason)
	require.Empty(t, files.Files)

	damaged := newLab(t)
	damaged.write(".git/refs/heads/main", strings.Repeat("1", 40)+"\n")
	require.Equal(t, string(errProblem), damaged.changes(protocol.ChangesQuery{}).Reason)

	t.Setenv("PATH", t.TempDir())
	l := emptyLab(t)
	l.Begin(l.session, l.dir)
	a, err = l.Changes(t.Context(), l.session, l.dir, protocol.ChangesQuery{})
	require.NoError(t, err)
	require.Equal(t, string(errNoGit), a.Reason)
}

func TestChanges_are_bounded(t *testing.T) {
	l := newLab(t)
	l.begin()
	for i := range maxFiles + 20 {
		l.write(fmt.Sprintf("many/%03d.txt", i), "a\n")
	}
	l.write("long.txt", strings.Repeat("a line\n", 2*maxListPatch/7))
	require.NoError(t, os.Truncate(filepath.Join(l.dir, "shop.go"), l.limits.file+1))
	a := l.changes(protocol.ChangesQuery{})
	require.Len(t, a.Files, maxFiles)
	require.Equal(t, maxFiles+21, a.Total)
	long := file(t, a, "long.txt")
	require.Positive(t, long.Left)
	require.True(t, strings.HasSuffix(long.Patch, "\n"))
	require.Equal(t, []protocol.UnreadFile{{Path: "shop.go", Size: l.limits.file + 1, Reason: "larger than 16 MiB"}}, a.Unread)
	whole := l.changes(protocol.ChangesQuery{Path: "long.txt"}).Files[0]
	require.Zero(t, whole.Left)
	require.Equal(t, long.Version, whole.Version)

	l.limits.bytes = 40 << 20
	for i := range 5 {
		name := fmt.Sprintf("big-%02d", i)
		l.write(name, "")
		require.NoError(t, os.Truncate(filepath.Join(l.dir, name), l.limits.file-1))
	}
	a = l.changes(protocol.ChangesQuery{})
	require.Len(t, a.Unread, 4)
	require.Contains(t, a.Unread[0].Reason, "together")

	l.limits.paths = 3 // the large files are looked at each time
	require.Equal(t, string(errManyPaths), l.changes(protocol.ChangesQuery{}).Reason)
}

func TestChanges_of_a_slow_session_do_not_stop_others(t *testing.T) {
	l := newLab(t)
	unlock, err := l.lock(t.Context(), l.session) // as a slow read does
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 3*maxReads)
	for range 3 * maxReads {
		go func() {
			_, err := l.Changes(ctx, l.session, l.dir, protocol.ChangesQuery{Scope: "all"})
			done <- err
		}()
	}
	other := l.session
	other[15]++
	a, err := l.Changes(t.Context(), other, l.dir, protocol.ChangesQuery{Scope: "all"})
	require.NoError(t, err)
	require.Empty(t, a.Reason)
	cancel()
	for range 3 * maxReads {
		require.ErrorIs(t, <-done, context.Canceled)
	}
	unlock()
}

func TestTurns_are_bounded(t *testing.T) {
	l := newLab(t)
	l.begin()
	r, err := openRecording(l.base(l.session), l.dir)
	require.NoError(t, err)
	for i := range maxTurns {
		r.state.Turns = append(r.state.Turns, turnTrees{fmt.Sprint(i), r.state.Baseline.Tree, r.state.Baseline.Tree, time.Now()})
	}
	require.NoError(t, r.save())
	l.turn("newest")
	turns := l.changes(protocol.ChangesQuery{}).Turns
	require.Len(t, turns, maxTurns)
	require.Equal(t, "newest", turns[maxTurns-1].ApprovalID)
	r, err = openRecording(l.base(l.session), l.dir)
	require.NoError(t, err)
	r.state.Full = true
	require.NoError(t, r.save())
	l.turn("one more")
	require.Equal(t, "newest", l.changes(protocol.ChangesQuery{}).Turns[maxTurns-1].ApprovalID)
}

func TestRecording_survives_what_a_crash_leaves(t *testing.T) {
	l := newLab(t)
	l.begin()
	base := l.base(l.session)
	require.NoError(t, os.WriteFile(filepath.Join(base, "index.lock"), nil, 0o600))
	l.write("a.txt", "a\n")
	l.turn("t")
	require.Len(t, l.changes(protocol.ChangesQuery{}).Turns, 1)
	require.NoError(t, os.WriteFile(filepath.Join(base, "state.json"), []byte("{"), 0o600))
	require.Empty(t, l.changes(protocol.ChangesQuery{}).Files, "it begins again")
	require.Empty(t, l.changes(protocol.ChangesQuery{}).Reason)
	l.End(l.session)
	l.settle()
	require.NoDirExists(t, base)
	require.Empty(t, l.Sessions())
}

func TestChanges_end_with_their_context(t *testing.T) {
	l := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Changes(ctx, l.session, l.dir, protocol.ChangesQuery{Scope: "all"})
	require.ErrorIs(t, err, context.Canceled)
}

func TestRun_limits_output_and_time(t *testing.T) {
	l := newLab(t)
	l.begin()
	r := run{program: l.git, gitDir: filepath.Join(l.dir, ".git"), limit: 10}
	out, err := r.git(t.Context(), "cat-file", "-p", "HEAD:old.txt")
	require.ErrorIs(t, err, errTooMuch)
	require.Len(t, out, 10)

	// A program that does not end, and whose child keeps its output open.
	slow := filepath.Join(t.TempDir(), "slow")
	require.NoError(t, os.WriteFile(slow, []byte("#!/bin/sh\n/bin/sleep 600 &\n/bin/sleep 600\n"), 0o700))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	r.program = slow
	_, err = r.git(ctx, "x")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestBegin_never_waits(t *testing.T) {
	l := newLab(t)
	busy := New(filepath.Join(t.TempDir(), "changes"), zaptest.NewLogger(t))
	hold := make(chan struct{})
	busy.jobs[part(l.session, workers)] <- func(context.Context) { <-hold }
	for range 2 * maxJobs {
		busy.Begin(l.session, l.dir)
		busy.TurnEnded(l.session, l.dir, "t", time.Now())
	}
	close(hold)
	busy.Close()
}
