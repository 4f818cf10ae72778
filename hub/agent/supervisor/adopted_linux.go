package supervisor

import (
	"os"
	"os/exec"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

// Adopt makes this process the parent of the processes that a killed supervisor leaves
// behind, so that [Child.Wait] can end them. It holds for the rest of the process's
// life. It logs a warning if the system refuses.
func Adopt(log *zap.Logger) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		log.Warn("cannot adopt processes that agents leave behind", zap.Error(err))
	}
}

// adopted distinguishes this process's adopted children from others. A child in another
// session is either a known supervisor or adopted, since this program starts nothing
// else in another session.
var adopted = adoptedSet{supervisors: make(map[int]bool)}

// adoptedSet is safe for concurrent use.
type adoptedSet struct {
	mu          sync.Mutex
	supervisors map[int]bool // by process id; os/exec waits for them; guarded by mu
}

// start starts a supervisor, and adds it before strays can see it.
func (a *adoptedSet) start(cmd *exec.Cmd) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return err
	}
	a.supervisors[cmd.Process.Pid] = true
	return nil
}

// remove removes a supervisor that was waited for.
func (a *adoptedSet) remove(pid int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.supervisors, pid)
}

// strays reaps adopted children that have ended, and returns the others with their
// descendants. It reaps them by their ids, so that it takes no child from other code.
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

// killStrays kills what killed supervisors have left behind, and returns the number of
// processes that do not end.
func (a *adoptedSet) killStrays() int {
	return killAll(a.strays, killWait)
}

// killAll kills what find returns until it returns nothing or a time limit is over. It
// returns the number of processes that are left.
func killAll(find func() []proc, limit time.Duration) int {
	deadline := time.Now().Add(limit)
	for wait := killPoll; ; wait = min(2*wait, killPollMax) {
		found := find()
		if len(found) == 0 || time.Now().After(deadline) {
			return len(found)
		}
		for _, p := range found {
			p.kill()
		}
		time.Sleep(wait)
	}
}
