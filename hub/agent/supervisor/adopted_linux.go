package supervisor

import (
	"os"
	"os/exec"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

// Adopt makes this process the parent of what a supervisor leaves behind that is
// killed, so that Wait can end it. It holds for the rest of the process's life.
func Adopt(log *zap.Logger) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		log.Warn("cannot adopt what agents leave behind", zap.Error(err))
	}
}

// adopted tells this process's adopted children from others. A child in a session
// that is not this process's own is a supervisor, which is known, or was adopted:
// this program starts nothing else in a session of its own.
var adopted = adoptedSet{supervisors: make(map[int]bool)}

type adoptedSet struct {
	mu          sync.Mutex
	supervisors map[int]bool // by process id; os/exec waits for them
}

// start starts a supervisor and notes it before strays can see it.
func (a *adoptedSet) start(cmd *exec.Cmd) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	a.supervisors[cmd.Process.Pid] = true
	return nil
}

// remove forgets a supervisor that was waited for.
func (a *adoptedSet) remove(pid int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.supervisors, pid)
}

// strays collects adopted children that have ended, one by one and by their ids,
// so that no other code loses its child, and returns the others with all that is
// below them.
func (a *adoptedSet) strays() []proc {
	a.mu.Lock()
	defer a.mu.Unlock()
	own, err := unix.Getsid(0)
	if err != nil {
		return nil
	}
	self := os.Getpid()
	all := allProcs()
	var found []proc
	for _, p := range all {
		switch {
		case p.parent != self || p.session == own || a.supervisors[p.pid]:
		case p.ended:
			_, _ = unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
		default:
			found = append(found, p)
			found = append(found, descendants(all, func(q proc) bool { return q == p })...)
		}
	}
	return found
}

// killStrays kills what supervisors that were killed have left behind, and returns
// how many processes do not go.
func (a *adoptedSet) killStrays() int {
	return killAll(a.strays, killWait)
}

// killAll kills what look finds until it finds nothing, for that long at most. It
// returns how many are left.
func killAll(look func() []proc, atMost time.Duration) int {
	deadline := time.Now().Add(atMost)
	for wait := killPoll; ; wait = min(2*wait, killPollMax) {
		found := look()
		if len(found) == 0 || time.Now().After(deadline) {
			return len(found)
		}
		for _, p := range found {
			p.kill()
		}
		time.Sleep(wait)
	}
}
