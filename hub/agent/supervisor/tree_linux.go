package supervisor

import (
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// becomeReaper makes this process the parent of every descendant whose own parent
// has ended. The name tells operators what it is, and is not the server's, so that
// killing servers by name leaves their supervisors to end the agents.
func becomeReaper() {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // since Linux 3.4
	if name, err := unix.BytePtrFromString("agent-supervise"); err == nil {
		_ = unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(name)), 0, 0, 0)
	}
}

// ownSession puts the command into a session, and so a process group, of its own,
// without a terminal, and has it killed when this process is.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
}

// supervisorSession puts the supervisor into a session of its own. One that was
// stopped goes on when the process that has started it ends, to end its tree then.
// The signal comes when the thread ends that has started it, too, and does no harm.
func supervisorSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGCONT}
}

// forkInto starts a process in a cgroup, or without one where that fails: the
// tree is known by its parents as well.
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

// killTree kills the descendants of this process and returns how many there were.
func (s *supervisor) killTree() int {
	killCgroup(s.cgroup)
	tree := descendants(allProcs(), func(p proc) bool { return p.pid == os.Getpid() })
	for _, p := range tree {
		p.kill()
	}
	return len(tree)
}

// descendants are the processes below those that match, without these.
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

// signal sends a signal to that process and not to one that has taken its id since.
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

// killCgroup kills all that is in a cgroup at once, forks on their way included.
func killCgroup(dir string) {
	if dir != "" {
		_ = os.WriteFile(filepath.Join(dir, "cgroup.kill"), []byte("1"), 0)
	}
}
