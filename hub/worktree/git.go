package worktree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// settings are set in every run of git, whatever a repository says.
var settings = []string{
	"core.fsmonitor=false", "core.hooksPath=/dev/null", "core.attributesFile=/dev/null",
	"core.excludesFile=/dev/null", "core.untrackedCache=false", "core.splitIndex=false",
	"core.pager=cat", "core.quotePath=false", "core.compression=1", "core.bigFileThreshold=16m",
	"core.sshCommand=false", "credential.helper=", "protocol.allow=never", "diff.external=",
	"diff.renameLimit=400", "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
	"safe.directory=*",
}

// environment is the whole environment of git.
var environment = []string{
	"PATH=/dev/null", "GIT_EXEC_PATH=/dev/null", "HOME=/dev/null", "XDG_CONFIG_HOME=/dev/null",
	"LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_GLOBAL=/dev/null",
	"GIT_ATTR_NOSYSTEM=1", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1",
	"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/dev/null", "SSH_ASKPASS=/dev/null", "GIT_SSH_COMMAND=/dev/null",
	"GIT_PAGER=cat", "GIT_EDITOR=/dev/null", "GIT_LITERAL_PATHSPECS=1", "GIT_FLUSH=0",
	"GIT_ALLOW_PROTOCOL=none",
}

// errTooMuch is the error of a run whose output exceeds the limit.
var errTooMuch = errors.New("there is too much output")

// run is one run of git.
type run struct {
	program string // the path of git
	gitDir  string // the session's repository
	top     string // the top of the user's working tree; empty to work without one
	dir     string // the agent's working directory; empty to work without a working tree
	index   string // the index; empty for none
	objects string // where new objects are written; empty for the session's repository
	stdin   []byte
	limit   int // of the output, in bytes
}

// git runs git and returns its output. If the output exceeds the limit, it returns the
// output up to there with errTooMuch.
func (r run) git(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all []string
	for _, s := range settings {
		all = append(all, "-c", s)
	}
	cmd := exec.CommandContext(ctx, r.program, append(all, args...)...)
	cmd.Env = append([]string{"GIT_DIR=" + r.gitDir}, environment...)
	cmd.Dir = r.gitDir
	if r.dir != "" {
		cmd.Dir = r.dir
		cmd.Env = append(cmd.Env, "GIT_WORK_TREE="+r.top)
	}
	if r.index != "" {
		cmd.Env = append(cmd.Env, "GIT_INDEX_FILE="+r.index)
	}
	if r.objects != "" {
		cmd.Env = append(cmd.Env, "GIT_OBJECT_DIRECTORY="+r.objects, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+quoteAlternate(r.gitDir+"/objects"))
	}
	out := &limited{limit: r.limit, exceeded: cancel}
	problems := &limited{limit: 4 << 10, exceeded: func() {}}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(r.stdin), out, problems
	cmd.WaitDelay = 2 * time.Second
	isolate(cmd)
	err := cmd.Run()
	switch {
	case out.over:
		return out.content, errTooMuch
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("git %s: %w", args[0], context.Cause(ctx))
	case err != nil:
		return out.content, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(string(problems.content)))
	}
	return out.content, nil
}

// limited is a buffer of limited size.
type limited struct {
	content  []byte
	limit    int
	over     bool
	exceeded func() // called once the limit is exceeded
}

// Write implements [io.Writer]. It discards what exceeds the limit.
func (l *limited) Write(p []byte) (int, error) {
	fits := min(len(p), l.limit-len(l.content))
	l.content = append(l.content, p[:fits]...)
	if fits < len(p) && !l.over {
		l.over = true
		l.exceeded()
	}
	return len(p), nil
}

// quoteAlternate quotes a path for a list of object directories, which colons or line ends
// separate.
func quoteAlternate(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}
