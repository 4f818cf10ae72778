package worktree

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// traps are settings with which a repository makes git run a program. TRAP stands for a
// command that leaves a trace.
const traps = `
[core]
	fsmonitor = TRAP fsmonitor
	hooksPath = HOOKS
	pager = TRAP pager
	editor = TRAP editor
	sshCommand = TRAP ssh
	gitProxy = TRAP proxy
	askPass = TRAP askpass
	alternateRefsCommand = TRAP alternates
	attributesFile = ATTRIBUTES
	worktree = /
[diff]
	external = TRAP external
[diff "evil"]
	command = TRAP diffcommand
	textconv = TRAP textconv
	cachetextconv = true
[filter "evil"]
	clean = TRAP clean
	smudge = TRAP smudge
	process = TRAP process
	required = true
[merge "evil"]
	driver = TRAP merge
[interactive]
	diffFilter = TRAP difffilter
[credential]
	helper = "!TRAP credential"
[alias]
	diff-tree = "!TRAP alias"
	ls-files = "!TRAP alias"
[gpg]
	program = TRAP gpg
[uploadpack]
	packObjectsHook = TRAP pack
[remote "origin"]
	url = "ext::TRAP remote"
	promisor = true
	partialclonefilter = blob:none
	vcs = TRAP
[extensions]
	partialClone = origin
[protocol]
	allow = always
[submodule "sub"]
	update = "!TRAP submodule"
`

// spring writes traps into a repository, and returns the directory of the traces.
func (l *lab) spring(gitDir string) (traces string) {
	l.t.Helper()
	traces = l.t.TempDir()
	trap := filepath.Join(l.t.TempDir(), "trap")
	require.NoError(l.t, os.WriteFile(trap, fmt.Appendf(nil, "#!/bin/sh\ntouch %s/$(basename $0)-$1\ncat\n", traces), 0o700))
	hooks := filepath.Join(gitDir, "hooks")
	require.NoError(l.t, os.MkdirAll(hooks, 0o700))
	for _, name := range []string{"post-index-change", "pre-commit", "reference-transaction", "post-checkout", "fsmonitor-watchman", "query-watchman", "pre-auto-gc", "update"} {
		require.NoError(l.t, os.WriteFile(filepath.Join(hooks, name), fmt.Appendf(nil, "#!/bin/sh\ntouch %s/hook-%s\n", traces, name), 0o700))
	}
	attributes := "* filter=evil diff=evil merge=evil text=auto working-tree-encoding=UTF-16 ident export-subst\n"
	for _, name := range []string{filepath.Join(gitDir, "info", "attributes"), filepath.Join(gitDir, "attributes"), filepath.Join(l.dir, ".gitattributes"), filepath.Join(l.dir, "sub", ".gitattributes")} {
		require.NoError(l.t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(l.t, os.WriteFile(name, []byte(attributes), 0o600))
	}
	config := strings.NewReplacer("TRAP", trap, "HOOKS", hooks, "ATTRIBUTES", filepath.Join(gitDir, "attributes")).Replace(traps)
	for name, config := range map[string]string{"config": config + "[include]\n\tpath = more\n", "more": config, "config.worktree": config} {
		f, err := os.OpenFile(filepath.Join(gitDir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		require.NoError(l.t, err)
		_, err = f.WriteString(config)
		require.NoError(l.t, err)
		require.NoError(l.t, f.Close())
	}
	return traces
}

// A repository cannot make the server run a program. The user's own git, in the same
// repository, runs several of them, so the traps work.
func TestHostileRepository_runs_no_program(t *testing.T) {
	l := newLab(t)
	l.write("sub/file.txt", "a file\n")
	l.write("git", "#!/bin/sh\ntouch "+filepath.Join(l.dir, "ran")+"\n")
	require.NoError(t, os.Chmod(filepath.Join(l.dir, "git"), 0o700))
	module := &lab{t: t, dir: filepath.Join(l.dir, "module")}
	require.NoError(t, os.Mkdir(module.dir, 0o700))
	module.user("init", "-q")
	module.write("inside.txt", "1\n")
	module.commit("module")
	l.commit("more")
	plain := l.user("rev-parse", "HEAD")
	traces := l.spring(filepath.Join(l.dir, ".git"))
	moduleTraces := module.spring(filepath.Join(module.dir, ".git"))
	t.Setenv("GIT_EXTERNAL_DIFF", filepath.Join(l.dir, "git"))
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
	t.Setenv("GIT_CONFIG_VALUE_0", filepath.Join(l.dir, "git"))

	l.begin()
	l.write("shop.go", "package shop // changed $Id$\r\n")
	l.write("sub/file.txt", "another\n")
	l.turn("t")
	l.write("shop.go", "package shop // changed again $Id$\r\n")
	all := l.changes(protocol.ChangesQuery{})
	require.Empty(t, all.Reason)
	require.Equal(t, map[string]string{"shop.go": "modified", "sub/file.txt": "modified"}, statusOf(all))
	require.Contains(t, file(t, all, "shop.go").Patch, "+package shop // changed again $Id$\r\n", "attributes change nothing either")
	require.Equal(t, plain, l.changes(protocol.ChangesQuery{Scope: "uncommitted"}).Head)
	require.NotEmpty(t, l.changes(protocol.ChangesQuery{Scope: "turn", Turn: "t"}).Files)
	require.NotEmpty(t, l.changes(protocol.ChangesQuery{Path: "shop.go"}).Files)
	files, err := l.Files(t.Context(), l.session, l.dir, "shop")
	require.NoError(t, err)
	require.NotEmpty(t, files.Files)

	require.Empty(t, append(entries(t, traces), entries(t, moduleTraces)...))
	require.NoFileExists(t, filepath.Join(l.dir, "ran"))

	_ = userMayFail(l, "--work-tree="+l.dir, "--git-dir=.git", "status")
	_ = userMayFail(l, "--work-tree="+l.dir, "--git-dir=.git", "diff")
	require.NotEmpty(t, entries(t, traces), "the traps work")
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// A repository whose data is elsewhere could show the files of any other repository.
func TestHostileRepository_shows_no_other_repository(t *testing.T) {
	other := newLab(t)
	other.write("secret.txt", "a secret\n")
	other.commit("secret")
	secret := filepath.Join(other.dir, ".git")
	link := func(name, to string) func(*lab) {
		return func(l *lab) {
			l.remove(name)
			require.NoError(t, os.Symlink(to, filepath.Join(l.dir, name)))
		}
	}
	for name, hide := range map[string]func(*lab){
		"a .git file":       func(l *lab) { l.remove(".git"); l.write(".git", "gitdir: "+secret+"\n") },
		"a .git link":       link(".git", secret),
		"a link for HEAD":   link(".git/HEAD", filepath.Join(secret, "HEAD")),
		"a link for refs":   link(".git/refs", filepath.Join(secret, "refs")),
		"a common dir":      func(l *lab) { l.write(".git/commondir", secret+"\n") },
		"a ref that climbs": func(l *lab) { l.write(".git/HEAD", "ref: refs/../../../"+filepath.Base(other.dir)+"\n") },
		"linked objects":    link(".git/objects", filepath.Join(secret, "objects")),
		"a fifo":            func(l *lab) { l.remove(".git/HEAD"); mkfifo(t, filepath.Join(l.dir, ".git/HEAD")) },
		"a huge HEAD":       func(l *lab) { l.write(".git/HEAD", "ref: refs/heads/"+string(make([]byte, 1<<20))) },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			hide(l)
			for _, scope := range []string{"all", "uncommitted"} {
				a := l.changes(protocol.ChangesQuery{Scope: scope})
				require.NotEmpty(t, a.Reason)
				require.Empty(t, a.Files)
				require.NotContains(t, a.Reason, other.dir)
			}
		})
	}
}

// Links are compared as links: what they lead to is not read.
func TestHostileRepository_links_are_not_followed(t *testing.T) {
	l := newLab(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret.txt"), []byte("a secret\n"), 0o600))
	l.begin()
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(l.dir, "link.txt")))
	require.NoError(t, os.Symlink(outside, filepath.Join(l.dir, "linked")))
	l.remove("shop.go")
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(l.dir, "shop.go")))
	mkfifo(t, filepath.Join(l.dir, "pipe"))
	a := l.changes(protocol.ChangesQuery{})
	require.Equal(t, map[string]string{"link.txt": "added", "linked": "added", "shop.go": "type_changed"}, statusOf(a))
	for _, f := range a.Files {
		require.Equal(t, "symlink", f.Kind)
		require.NotContains(t, f.Patch, "a secret")
	}
	require.Contains(t, file(t, a, "shop.go").Patch, "-package shop")
	require.Contains(t, file(t, a, "shop.go").Patch, "+"+outside)
	files, err := l.Files(t.Context(), l.session, l.dir, "secret")
	require.NoError(t, err)
	require.Empty(t, files.Files)
}
