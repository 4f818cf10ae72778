//go:build unix && !linux

package supervisor

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// becomeReaper does nothing on this system.
func becomeReaper() {}

// ownSession starts the command in its own session and process group.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func supervisorSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func forkInto(_, path string, args []string, attr *syscall.ProcAttr) (pid int, err error) {
	return syscall.ForkExec(path, args, attr)
}

func duplicate(from, to int) error { return unix.Dup2(from, to) }

func removeCgroup(string) {}

// killTree kills the command's process group, the only part of its tree that this system
// can find. The system does not reuse the group's id while a member is alive.
func (s *supervisor) killTree() int {
	if unix.Kill(-s.root, unix.SIGKILL) != nil {
		return 0
	}
	return 1
}
