//go:build unix && !linux

package supervisor

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// becomeReaper needs Linux.
func becomeReaper() {}

// ownSession puts the command into a session, and so a process group, of its own.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func supervisorSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func forkInto(_, path string, args []string, attr *syscall.ProcAttr) (pid int, err error) {
	return syscall.ForkExec(path, args, attr)
}

func duplicate(from, to int) error { return unix.Dup2(from, to) }

func removeCgroup(string) {}

// killTree kills the command's process group, the only part of its tree that can
// be followed here. The group's number cannot be another's while a member lives.
func (s *supervisor) killTree() int {
	if unix.Kill(-s.root, unix.SIGKILL) != nil {
		return 0
	}
	return 1
}
