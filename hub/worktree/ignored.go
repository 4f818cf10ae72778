package worktree

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Ignored returns which of some names in a directory the git repository around it ignores.
// It returns none if git cannot tell.
func Ignored(ctx context.Context, dir string, names []string) map[string]bool {
	ignored := map[string]bool{}
	program, err := exec.LookPath("git")
	if err != nil || len(names) == 0 {
		return ignored
	}
	if program, err = filepath.Abs(program); err != nil {
		return ignored
	}
	u, err := findRepo(dir)
	if err != nil {
		return ignored
	}
	// Git reads the configuration of this repository instead of the user's.
	base, err := os.MkdirTemp("", "parley-ignored-")
	if err != nil {
		return ignored
	}
	defer os.RemoveAll(base)
	r := &recording{base: base}
	if err := r.prepare(u); err != nil {
		return ignored
	}
	// This command refuses literal pathspecs. "./" makes literals of names that begin with
	// a colon.
	const here = "./"
	run := run{program: program, gitDir: r.path("git"), top: u.top, dir: dir, limit: maxNames,
		stdin: []byte(here + strings.Join(names, "\x00"+here) + "\x00")}
	// Git exits with 1 if it ignores none of them.
	list, _ := run.git(ctx, "--no-literal-pathspecs", "check-ignore", "--no-index", "-z", "--stdin")
	for _, name := range splitZero(list) {
		ignored[strings.TrimPrefix(name, here)] = true
	}
	return ignored
}
