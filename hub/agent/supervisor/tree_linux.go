package supervisor

import (
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// becomeReaper makes this process the parent of every descendant whose own parent has
// ended. It also gives the process a name other than the server's, so that killing
// servers by name spares the supervisors, which then end the agents.
func becomeReaper() {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // since Linux 3.4
	if name, err := unix.BytePtrFromString("agent-supervise"); err == nil {
		_ = unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(name)), 0, 0, 0)
	}
}

// ownSession starts the command in its own session and process group, without a
// terminal, and has the kernel kill it when this process ends.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
}

// supervisorSession starts the supervisor in its own session. When the process that
// started it ends, the kernel sends SIGCONT, so that even a stopped supervisor ends its
// tree. The kernel also sends it when the thread that started the supervisor ends, which
// does no harm.
func supervisorSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGCONT}
}

// forkInto starts a process in a cgroup, or without one if that fails, since the tree
// can be found without it.
func forkInto(cgroup, path string, args []string, attr *syscall.ProcAttr) (pid int, err error) {
	if dir, err := os.Open(cgroup); cgroup != "" && err == nil {
		defer dir.Close()
		attr.Sys.UseCgroupFD, attr.Sys.CgroupFD = true, int(dir.Fd())
		if pid, err := syscall.ForkExec(path, args, attr); err == nil {
			return pid, nil
		}
		attr.Sys.UseCgroupFD = false
	}
	return syscall.ForkExec(path, args, attr)
}

func duplicate(from, to int) error { return unix.Dup3(from, to, 0) }

// killTree kills the descendants of this process, and returns how many there were.
func (s *supervisor) killTree() int {
	killCgroup(s.cgroup)
	tree := descendants(allProcs(), func(p proc) bool { return p.pid == os.Getpid() })
	for _, p := range tree {
		p.kill()
	}
	return len(tree)
}

// descendants returns the descendants of the processes that match.
func descendants(all []proc, match func(proc) bool) []proc {
	children := make(map[int][]proc)
	var next []int
	for _, p := range all {
		children[p.parent] = append(children[p.parent], p)
		if match(p) {
			next = append(next, p.pid)
		}
	}
	var found []proc
	for len(next) > 0 {
		below := children[next[0]]
		delete(children, next[0]) // each is visited once
		next = next[1:]
		for _, p := range below {
			found, next = append(found, p), append(next, p.pid)
		}
	}
	return found
}

// kill kills the process.
func (p proc) kill() { p.signal(unix.SIGKILL) }

// signal sends a signal to the process, but not to another one that has its id now.
func (p proc) signal(sig unix.Signal) {
	fd, err := unix.PidfdOpen(p.pid, 0)
	if err == nil {
		defer unix.Close(fd)
	}
	if now, ok := readProc(p.pid); !ok || now.start != p.start {
		return
	}
	switch err {
	case nil:
		_ = unix.PidfdSendSignal(fd, sig, nil, 0)
	case unix.ENOSYS, unix.EPERM: // a kernel before 5.3, or a filter of system calls
		_ = unix.Kill(p.pid, sig)
	}
}

// killCgroup kills all processes in a cgroup at once, including those being forked.
func killCgroup(dir string) {
	if dir != "" {
		_ = os.WriteFile(filepath.Join(dir, "cgroup.kill"), []byte("1"), 0)
	}
}
