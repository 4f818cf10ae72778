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

// argv0 is the name by which this program runs as the supervisor.
const argv0 = "parley-agent-supervisor"

// controlFD is the file descriptor of the supervisor's end of the socket.
const controlFD = 3

const (
	termWait    = 3 * time.Second       // how long a command may take to end after SIGTERM
	killWait    = 5 * time.Second       // how long killed processes may take to end
	killPoll    = 2 * time.Millisecond  // the first interval between two searches for processes
	killPollMax = 50 * time.Millisecond // the maximum interval
)

func init() {
	if len(os.Args) > 0 && os.Args[0] == argv0 {
		// The kernel kills the command when the thread that started it ends, so that
		// thread must not end before the process.
		runtime.LockOSThread()
		supervise()
	}
}

// supervisor is the state of the supervising process. Its goroutines end with the
// process.
type supervisor struct {
	// immutable once the command has started
	control *os.File
	root    int    // the id of the command's process, session and process group
	cgroup  string // of the command; empty for none

	killOnce sync.Once

	mu sync.Mutex

	// guarded by mu
	end  End
	gone bool // the command was waited for; another process may have its id
}

// supervise receives an order, runs the command, and exits.
func supervise() {
	unix.CloseOnExec(controlFD)
	stop := make(chan os.Signal, 1) // sent to by package signal, never closed; capacity 1, as it requires
	signal.Notify(stop, unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	becomeReaper()
	s := &supervisor{control: os.NewFile(controlFD, "control")}
	in := bufio.NewReader(s.control)
	line, err := in.ReadBytes('\n')
	var o order
	if err != nil || json.Unmarshal(line, &o) != nil {
		syscall.Exit(1) // the process that started this one has ended
	}
	s.cgroup = o.Cgroup
	s.root, err = start(o)
	closeStdio()
	if err != nil {
		errno, _ := errors.AsType[syscall.Errno](err)
		s.send(report{Failed: err.Error(), Errno: int(errno)})
		syscall.Exit(1)
	}
	s.send(report{Started: true})
	go s.handleCommands(in)
	go s.handleSignals(stop)
	s.reap()
	s.exit(0)
}

// start starts the command in its own session and process group.
func start(o order) (pid int, err error) {
	attr := &syscall.ProcAttr{
		Dir: string(o.Dir), Env: stringsOf(o.Env),
		Files: []uintptr{0, 1, 2}, Sys: ownSession(),
	}
	path, args, err := o.Isolation.Command(string(o.Path), stringsOf(o.Args), attr)
	if err != nil {
		return 0, err
	}
	if pid, err = forkInto(o.Cgroup, path, args, attr); err == nil {
		return pid, nil
	}
	if _, dirErr := os.Stat(attr.Dir); attr.Dir != "" && dirErr != nil {
		return 0, fmt.Errorf("working directory: %w", dirErr)
	}
	return 0, err
}

// closeStdio closes this process's copies of the command's input and output, which
// otherwise would not end when the command closes them.
func closeStdio() {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	for fd := range 3 {
		if err != nil || duplicate(int(null.Fd()), fd) != nil {
			_ = unix.Close(fd)
		}
	}
}

// send writes a report. handleCommands notices if the process at the other end has
// ended.
func (s *supervisor) send(r report) {
	line, _ := json.Marshal(r) // cannot fail for these fields
	_, _ = s.control.Write(append(line, '\n'))
}

// handleCommands carries out commands until the other end is closed, and then kills the
// tree.
func (s *supervisor) handleCommands(in *bufio.Reader) {
	for {
		switch command, err := in.ReadByte(); {
		case err != nil:
			s.kill()
			return
		case command == cmdTerminate:
			s.terminate()
		case command == cmdKill:
			s.kill()
		}
	}
}

// handleSignals ends the command when this process is asked to end, for example by a
// service manager that stops all processes of a service: first with SIGTERM, and after
// termWait or a second signal with SIGKILL.
func (s *supervisor) handleSignals(stop <-chan os.Signal) {
	<-stop
	s.terminate()
	select {
	case <-stop:
	case <-time.After(termWait):
	}
	s.kill()
}

// terminate sends SIGTERM to the command's process group.
func (s *supervisor) terminate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		_ = unix.Kill(-s.root, unix.SIGTERM) // only fails if no process is left
	}
}

// reap waits for all children, adopted ones included, until there are none, and so no
// descendants. When the command ends, it kills what that leaves behind.
func (s *supervisor) reap() {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, 0, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return
		case pid == s.root:
			s.setEnd(status)
			s.kill()
		}
	}
}

// setEnd records how the command ended.
func (s *supervisor) setEnd(status unix.WaitStatus) {
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

// kill starts killing the whole tree. It does not wait.
func (s *supervisor) kill() { s.killOnce.Do(func() { go s.killUntilGone() }) }

// killUntilGone kills the tree again and again, until reap finds that it has ended and
// exits, or until killWait is over.
func (s *supervisor) killUntilGone() {
	deadline := time.Now().Add(killWait)
	for wait := killPoll; ; wait = min(2*wait, killPollMax) {
		left := s.killTree()
		if time.Now().After(deadline) {
			s.exit(max(left, 1)) // at least 1, since /proc may hide the process that is left
		}
		time.Sleep(wait)
	}
}

// exit reports how the command ended, and exits. The caller must not hold s.mu. A second
// caller blocks until the first has exited.
func (s *supervisor) exit(left int) {
	s.mu.Lock() // never unlocked
	s.end.Left = left
	if left == 0 {
		removeCgroup(s.cgroup)
	}
	s.send(report{Ended: &s.end})
	syscall.Exit(0) // os.Exit takes time under the race detector
}
