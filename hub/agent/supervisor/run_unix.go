//go:build unix

package supervisor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// argv0 is the name under which this program is the supervisor.
const argv0 = "parley-agent-supervisor"

// controlFD is the supervisor's end of the socket.
const controlFD = 3

const (
	termWait    = 3 * time.Second       // for a command that was asked to end
	killWait    = 5 * time.Second       // for killed processes to be gone
	killPoll    = 2 * time.Millisecond  // between the first two looks
	killPollMax = 50 * time.Millisecond // between later ones
)

func init() {
	if len(os.Args) > 0 && os.Args[0] == argv0 {
		// The thread stays the one that started the command: its end would
		// be taken for the supervisor's.
		runtime.LockOSThread()
		supervise()
	}
}

// supervisor is the state of the supervising process.
type supervisor struct {
	control *os.File
	root    int // the command's process id, and its session's and group's
	cgroup  string

	mu     sync.Mutex
	end    End
	gone   bool // the root was waited for; its id may be another's
	killed sync.Once
}

// supervise runs the command that is ordered, and exits.
func supervise() {
	unix.CloseOnExec(controlFD)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	becomeReaper()
	s := &supervisor{control: os.NewFile(controlFD, "control")}
	in := bufio.NewReader(s.control)
	line, err := in.ReadBytes('\n')
	var o order
	if err != nil || json.Unmarshal(line, &o) != nil {
		syscall.Exit(1) // the process that wanted it is gone
	}
	s.cgroup = o.Cgroup
	s.root, err = start(o)
	forgetStdio()
	if err != nil {
		errno, _ := errors.AsType[syscall.Errno](err)
		s.tell(news{Failed: err.Error(), Errno: int(errno)})
		syscall.Exit(1)
	}
	s.tell(news{Started: true})
	go s.obey(in) // these two end with the process
	go s.yield(stop)
	s.reap()
	s.exit(0)
}

// start starts the command in a session and process group of its own.
func start(o order) (pid int, err error) {
	attr := &syscall.ProcAttr{
		Dir: string(o.Dir), Env: stringsOf(o.Env),
		Files: []uintptr{0, 1, 2}, Sys: ownSession(),
	}
	pid, err = forkInto(o.Cgroup, string(o.Path), stringsOf(o.Args), attr)
	if err == nil {
		return pid, nil
	}
	if _, dirErr := os.Stat(attr.Dir); attr.Dir != "" && dirErr != nil {
		return 0, fmt.Errorf("working directory: %w", dirErr)
	}
	return 0, err
}

// forgetStdio leaves the command alone with its input and output: otherwise they
// would not end when the command closes them.
func forgetStdio() {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	for fd := range 3 {
		if err != nil || duplicate(int(null.Fd()), fd) != nil {
			_ = unix.Close(fd)
		}
	}
}

// tell writes news. When the process that wants it is gone, obey finds out.
func (s *supervisor) tell(n news) {
	line, _ := json.Marshal(n) // plain fields
	_, _ = s.control.Write(append(line, '\n'))
}

// obey does what it is told until the other end is closed, which ends all.
func (s *supervisor) obey(in *bufio.Reader) {
	for {
		switch said, err := in.ReadByte(); {
		case err != nil:
			s.kill()
			return
		case said == sayTerminate:
			s.terminate()
		case said == sayKill:
			s.kill()
		}
	}
}

// yield ends the command when this process is asked to end, as by a service manager
// that stops all at once: kindly at first.
func (s *supervisor) yield(stop <-chan os.Signal) {
	<-stop
	s.terminate()
	select {
	case <-stop:
	case <-time.After(termWait):
	}
	s.kill()
}

func (s *supervisor) terminate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		_ = unix.Kill(-s.root, unix.SIGTERM) // fails only if no process is left
	}
}

// reap waits for the children, adopted ones as well, and returns when there are
// none: then there are no descendants either. What the command leaves behind is
// killed when it ends.
func (s *supervisor) reap() {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return
		case pid == s.root:
			s.ended(status)
			s.kill()
		}
	}
}

func (s *supervisor) ended(status unix.WaitStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	if status.Exited() {
		s.end.Code = new(status.ExitStatus())
		return
	}
	s.end.Signal = status.Signal().String()
	if status.CoreDump() {
		s.end.Signal += " (core dumped)"
	}
}

// kill begins to kill the whole tree, and goes on until all are gone, when reap
// exits, or do not go.
func (s *supervisor) kill() {
	s.killed.Do(func() {
		go func() { // ends with the process
			deadline := time.Now().Add(killWait)
			for wait := killPoll; ; wait = min(2*wait, killPollMax) {
				left := s.killTree()
				if time.Now().After(deadline) {
					s.exit(max(left, 1)) // it may not be seen, where /proc hides it
				}
				time.Sleep(wait)
			}
		}()
	})
}

// exit tells how the command ended and ends this process. The caller holds no
// lock; a second caller waits for the first.
func (s *supervisor) exit(left int) {
	s.mu.Lock() // for good
	s.end.Left = left
	if left == 0 {
		removeCgroup(s.cgroup)
	}
	s.tell(news{Ended: &s.end})
	syscall.Exit(0) // os.Exit may take its time where the race detector runs
}
