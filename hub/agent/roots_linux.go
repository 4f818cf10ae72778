package agent

import (
	"os"
	"os/exec"
	"sync"

	"golang.org/x/sys/unix"
)

// roots are the agents' processes that os/exec will wait for. Every other child
// in a session that is not this process's own is an orphan of an agent: this
// program starts nothing else in a session of its own. Only those are waited
// for here, one by one and by their ids, so that nobody's child is taken away.
var roots = rootSet{pids: make(map[int]bool)}

type rootSet struct {
	mu   sync.Mutex
	pids map[int]bool
}

// start starts a command and notes it before reap can see it.
func (r *rootSet) start(cmd *exec.Cmd) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	r.pids[cmd.Process.Pid] = true
	return nil
}

func (r *rootSet) remove(pid int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pids, pid)
}

// reap waits for adopted orphans that have ended. It does not block.
func (r *rootSet) reap() {
	r.mu.Lock()
	defer r.mu.Unlock()
	self := os.Getpid()
	own, err := unix.Getsid(0)
	if err != nil {
		return
	}
	for _, p := range allProcs() {
		if p.ended && p.parent == self && p.session != own && !r.pids[p.pid] {
			_, _ = unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
		}
	}
}
