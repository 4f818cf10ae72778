//go:build unix

package worktree

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolate runs a program in a process group of its own, which ends with it.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// mayRead reports whether the server may read a file.
func mayRead(path string) bool { return unix.Access(path, unix.R_OK) == nil }
