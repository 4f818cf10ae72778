package agent

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

const (
	endWait = 5 * time.Second       // for killed processes to be gone
	endPoll = 10 * time.Millisecond // between two looks
)

// family is an agent's process and what it has started. Its methods are safe
// for concurrent use.
type family struct {
	// immutable
	root int    // the agent's process id, and its session's and group's
	run  string // the variable that its descendants have inherited

	mu        sync.Mutex
	known     map[int]uint64 // descendants that were seen: id → start time
	collected bool           // the root was waited for; its id may be another's
}

// adoptOrphans makes this process the parent of every descendant whose own
// parent has ended.
func adoptOrphans(log *zap.Logger) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		log.Warn("cannot adopt what agents leave behind", zap.Error(err))
	}
}

// ownSession puts a child into a session, and so a process group, of its own:
// signals reach all of it at once, and it has no terminal.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func startFamily(cmd *exec.Cmd, run string) (*family, error) {
	if err := roots.start(cmd); err != nil {
		return nil, err
	}
	return &family{root: cmd.Process.Pid, run: run, known: make(map[int]uint64)}, nil
}

// waited says that the root was waited for.
func (f *family) waited() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.collected = true
	roots.remove(f.root)
}

// terminate asks the process group to end.
func (f *family) terminate() { f.signal(unix.SIGTERM) }

// kill makes the process group end; the rest follows with end.
func (f *family) kill() { f.signal(unix.SIGKILL) }

// signal looks before, while parents can still be followed.
func (f *family) signal(sig syscall.Signal) {
	f.members()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.collected {
		_ = unix.Kill(-f.root, sig) // fails only if nobody is there
	}
}

// tidy collects orphans that have ended, and notes those that have not.
func (f *family) tidy() {
	f.members()
	roots.reap()
}

// end kills every descendant and waits until they are gone. It returns how many
// are not.
func (f *family) end() int {
	deadline := time.Now().Add(endWait)
	for {
		members := f.members()
		if len(members) == 0 || time.Now().After(deadline) {
			return len(members)
		}
		for _, p := range members {
			killExactly(p)
		}
		roots.reap()
		time.Sleep(endPoll)
	}
}

// members finds the living descendants and remembers them. A descendant belongs
// to the agent's session or group, or is the child of a member, or was adopted
// and has the run's variable, or was a member before.
func (f *family) members() []proc {
	all := allProcs()
	self := os.Getpid()
	f.mu.Lock()
	defer f.mu.Unlock()
	children := make(map[int][]proc)
	var found []proc
	for _, p := range all {
		children[p.parent] = append(children[p.parent], p)
		start, seen := f.known[p.pid]
		adopted := p.parent == self || p.parent == 1
		if p.pid != f.root && (p.session == f.root || p.group == f.root ||
			seen && start == p.start || adopted && p.hasVariable(f.run)) {
			found = append(found, p)
		}
	}
	if !f.collected {
		found = append(found, children[f.root]...)
	}
	clear(f.known)
	var members []proc
	for len(found) > 0 {
		p := found[0]
		found = found[1:]
		if _, twice := f.known[p.pid]; !twice {
			f.known[p.pid] = p.start
			members = append(members, p)
			found = append(found, children[p.pid]...)
		}
	}
	return members
}

// killExactly kills that process and not one that has taken its id since.
func killExactly(p proc) {
	fd, err := unix.PidfdOpen(p.pid, 0)
	if err != nil {
		return // gone, or a kernel before 5.3
	}
	defer unix.Close(fd)
	if now, ok := readProc(p.pid); ok && now.start == p.start {
		_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
	}
}
