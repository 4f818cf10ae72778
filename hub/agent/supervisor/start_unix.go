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
)

const (
	// startWait is how long a supervisor may take to start a command.
	startWait = 30 * time.Second
	// forceWait is how long a supervisor may take to kill the tree before it is
	// killed itself. It has killWait for that.
	forceWait = killWait + time.Second
)

// Child is a running command and its supervisor. Its methods are safe for
// concurrent use, but for Wait, which one goroutine calls once.
type Child struct {
	// immutable
	cmd     *exec.Cmd // of the supervisor
	control *os.File
	news    *bufio.Reader // owned by Wait
	record  *record

	mu     sync.Mutex
	waited bool
	force  *time.Timer // kills the supervisor; nil before Kill
}

// Start starts a command. Its files are cmd.Stdin, Stdout and Stderr, as for
// [exec.Cmd.Start]; cmd is used up. The error says in words why the command
// could not be started; it is a [*CommandError] when the system refused the command
// itself.
func Start(cmd *exec.Cmd, records *Records) (*Child, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	c, err := startSupervisor(cmd, ours, theirs, records)
	if err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	if err := c.begin(cmd); err != nil {
		c.Kill()
		_, _ = c.Wait()
		return nil, err
	}
	return c, nil
}

// startSupervisor starts a supervisor that waits for its order, and records it.
// The record is there before the command is, so that no command is without.
func startSupervisor(cmd *exec.Cmd, ours, theirs *os.File, records *Records) (*Child, error) {
	self, err := executable()
	if err != nil {
		return nil, err
	}
	run := newRun()
	cmd.Env = append(cmd.Environ(), run.variable())
	sup := &exec.Cmd{
		Path: self, Args: []string{argv0}, Dir: "/",
		// The supervisor has little to do, and needs nothing of the server's.
		Env:   []string{"GOMAXPROCS=1", "GOGC=20"},
		Stdin: cmd.Stdin, Stdout: cmd.Stdout, Stderr: cmd.Stderr, WaitDelay: cmd.WaitDelay,
		ExtraFiles:  []*os.File{theirs},
		SysProcAttr: supervisorSession(),
	}
	if err := adopted.start(sup); err != nil {
		return nil, err
	}
	c := &Child{cmd: sup, control: ours, news: bufio.NewReader(ours)}
	if c.record, err = records.add(run, sup.Process.Pid); err != nil {
		_ = sup.Process.Kill()
		_ = sup.Wait()
		adopted.remove(sup.Process.Pid)
		return nil, err
	}
	return c, nil
}

// begin orders the command and waits until it runs.
func (c *Child) begin(cmd *exec.Cmd) error {
	line, err := json.Marshal(order{
		Path: []byte(cmd.Path), Args: bytesOf(cmd.Args), Env: bytesOf(cmd.Env), Dir: []byte(cmd.Dir), Cgroup: c.record.cgroup(),
	})
	if err != nil {
		return err
	}
	_ = c.control.SetDeadline(time.Now().Add(startWait))
	defer c.control.SetDeadline(time.Time{})
	if _, err := c.control.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("its supervisor has ended: %w", err)
	}
	var n news
	switch answer, err := c.news.ReadBytes('\n'); {
	case err != nil:
		return fmt.Errorf("its supervisor does not answer: %w", err)
	case json.Unmarshal(answer, &n) != nil || !n.Started && n.Failed == "":
		return errors.New("its supervisor cannot be understood")
	case n.Failed != "":
		return &CommandError{n.Failed, syscall.Errno(n.Errno)}
	}
	return nil
}

// Terminate asks the command's process group to end. It does not wait.
func (c *Child) Terminate() { _, _ = c.control.Write([]byte{sayTerminate}) }

// Kill makes the command end, and all that it has started. It does not wait. A
// supervisor that does not do it in time is killed; the kernel then kills the
// command, and Wait the rest.
func (c *Child) Kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waited || c.force != nil {
		return
	}
	c.force = time.AfterFunc(forceWait, func() { _ = c.cmd.Process.Kill() })
	_ = c.control.SetWriteDeadline(time.Now().Add(time.Second)) // it may have been stopped
	_, _ = c.control.Write([]byte{sayKill})
}

// Wait waits for the end of the command, of all that it has started, and of its
// output, and says how the command ended. The error is one of waiting.
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
	end := c.lastNews()
	if end.Lost || end.Left > 0 {
		end.Left = c.record.killStrays()
	}
	_ = c.control.Close()
	if end.Left == 0 {
		c.record.remove()
	}
	return end, err
}

// lastNews reads how the command ended, which the supervisor has written before
// it exited, unless it was killed.
func (c *Child) lastNews() End {
	for {
		_ = c.control.SetReadDeadline(time.Now().Add(time.Second))
		line, err := c.news.ReadBytes('\n')
		if err != nil {
			return End{Lost: true}
		}
		var n news
		if json.Unmarshal(line, &n) == nil && n.Ended != nil {
			return *n.Ended
		}
	}
}

// socketPair returns two connected sockets that no other child inherits.
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
