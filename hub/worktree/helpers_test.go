//go:build unix

package worktree

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func mkfifo(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, syscall.Mkfifo(path, 0o600))
}

// userMayFail runs git as the user would, in a repository that may be broken.
func userMayFail(l *lab, args ...string) error {
	cmd := exec.CommandContext(l.t.Context(), "git", args...)
	cmd.Dir = l.dir
	cmd.Env = os.Environ()
	return cmd.Run()
}
