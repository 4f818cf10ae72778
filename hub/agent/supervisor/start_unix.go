//go:build unix

package supervisor

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"parley/hub/agent/isolate"
)

const (
	// startWait is how long a supervisor may take to start a command.
	startWait = 30 * time.Second
	// forceWait is how long a supervisor may take to kill its tree before it is killed
	// itself. The supervisor gives up after killWait.
	forceWait = killWait + time.Second
)

// Child is a running command with its supervisor. Its methods are safe for concurrent
// use, except Wait, which must be called exactly once.
type Child struct {
	// immutable
	cmd     *exec.Cmd // the supervisor
	control *os.File  // this process's end of the socket
	record  *record

	reports *bufio.Reader // of control; owned by Start, then by Wait

	mu sync.Mutex

	// guarded by mu
	waited bool        // the supervisor has ended and was waited for
	force  *time.Timer // kills the supervisor; nil before Kill
}

// Start starts a command, isolated as a plan says, and its supervisor, and waits until
// the command runs. The
// command's files are cmd.Stdin, Stdout and Stderr, as for [exec.Cmd.Start]; cmd must not
// be used again. Start's error says why the command could not be started; it is a
// [*CommandError] if the system refused the command itself. The caller must call
// [Child.Wait].
func Start(cmd *exec.Cmd, isolation *isolate.Plan, records *Records) (*Child, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	c, err := startSupervisor(cmd, ours, theirs, records)
	if err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	if err := c.begin(cmd, isolation); err != nil {
		c.Kill()
		_, _ = c.Wait()
		return nil, err
	}
	return c, nil
}

// startSupervisor starts a supervisor that waits for its order, and records it. So no
// command runs without a record.
func startSupervisor(cmd *exec.Cmd, ours, theirs *os.File, records *Records) (*Child, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	run := newRun()
	cmd.Env = append(cmd.Environ(), run.variable())
	sup := &exec.Cmd{
		Path: self, Args: []string{argv0}, Dir: "/",
		// The supervisor does little, and needs none of the server's variables.
		Env:   []string{"GOMAXPROCS=1", "GOGC=20"},
		Stdin: cmd.Stdin, Stdout: cmd.Stdout, Stderr: cmd.Stderr, WaitDelay: cmd.WaitDelay,
		ExtraFiles:  []*os.File{theirs},
		SysProcAttr: supervisorSession(),
	}
	if err := adopted.start(sup); err != nil {
		return nil, err
	}
	c := &Child{cmd: sup, control: ours, reports: bufio.NewReader(ours)}
	if c.record, err = records.add(run, sup.Process.Pid); err != nil {
		_ = sup.Process.Kill()
		_ = sup.Wait()
		adopted.remove(sup.Process.Pid)
		return nil, err
	}
	return c, nil
}

// begin sends the order, and waits until the command runs.
func (c *Child) begin(cmd *exec.Cmd, isolation *isolate.Plan) error {
	line, err := json.Marshal(order{
		Path: []byte(cmd.Path), Args: bytesOf(cmd.Args), Env: bytesOf(cmd.Env), Dir: []byte(cmd.Dir),
		Cgroup: c.record.cgroup(), Isolation: isolation,
	})
	if err != nil {
		return err
	}
	_ = c.control.SetDeadline(time.Now().Add(startWait))
	defer c.control.SetDeadline(time.Time{})
	if _, err := c.control.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("its supervisor has ended: %w", err)
	}
	var r report
	switch answer, err := c.reports.ReadBytes('\n'); {
	case err != nil:
		return fmt.Errorf("its supervisor does not answer: %w", err)
	case json.Unmarshal(answer, &r) != nil || !r.Started && r.Failed == "":
		return errors.New("its supervisor sent a malformed answer")
	case r.Failed != "":
		return &CommandError{r.Failed, syscall.Errno(r.Errno)}
	}
	return nil
}

// Terminate sends SIGTERM to the command's process group. It does not wait.
func (c *Child) Terminate() { _, _ = c.control.Write([]byte{cmdTerminate}) }

// Kill ends the command and everything that it has started. It does not wait. A
// supervisor that takes too long is killed itself; the kernel then kills the command,
// and Wait kills the rest.
func (c *Child) Kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waited || c.force != nil {
		return
	}
	c.force = time.AfterFunc(forceWait, func() { _ = c.cmd.Process.Kill() })
	_ = c.control.SetWriteDeadline(time.Now().Add(time.Second)) // in case the supervisor is stopped
	_, _ = c.control.Write([]byte{cmdKill})
}

// Wait waits for the end of the command, of everything that it has started, and of its
// output. It returns how the command ended. An error means that waiting failed.
func (c *Child) Wait() (End, error) {
	err := c.cmd.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		err = nil
	}
	adopted.remove(c.cmd.Process.Pid)
	c.mu.Lock()
	c.waited = true
	if c.force != nil {
		c.force.Stop()
	}
	c.mu.Unlock()
	end := c.lastReport()
	if end.Lost || end.Left > 0 {
		end.Left = c.record.killStrays()
	}
	_ = c.control.Close()
	if end.Left == 0 {
		c.record.remove()
	}
	return end, err
}

// lastReport reads how the command ended, which the supervisor writes before it exits,
// unless it is killed.
func (c *Child) lastReport() End {
	for {
		_ = c.control.SetReadDeadline(time.Now().Add(time.Second))
		line, err := c.reports.ReadBytes('\n')
		if err != nil {
			return End{Lost: true}
		}
		var r report
		if json.Unmarshal(line, &r) == nil && r.Ended != nil {
			return *r.Ended
		}
	}
}

// socketPair returns two connected sockets that other children do not inherit.
func socketPair() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	_ = unix.SetNonblock(fds[0], true) // for deadlines
	return os.NewFile(uintptr(fds[0]), "supervisor"), os.NewFile(uintptr(fds[1]), "control"), nil
}
