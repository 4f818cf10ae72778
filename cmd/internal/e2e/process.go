package e2e

import (
	"cmp"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Command says how to start a process.
type Command struct {
	Path  string // default: parley
	Args  []string
	Env   []string // in addition to the environment of the test
	Dir   string
	Stdin bool // whether standard input is a pipe; otherwise it is empty

	Sys *syscall.SysProcAttr // default: the process is killed with the test
}

// Process is a child process of the test.
type Process struct {
	PID    int
	Stdout *Log
	Stderr *Log
	Stdin  io.WriteCloser // nil unless Command.Stdin

	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended and its output is complete
	err  error         // of Wait; read after done is closed
}

// StartParley starts parley with arguments.
func StartParley(t testing.TB, args ...string) *Process {
	t.Helper()
	return Start(t, Command{Args: args})
}

// Start starts a process, which is killed when the test ends. The test fails if the
// process reports a data race.
func Start(t testing.TB, c Command) *Process {
	t.Helper()
	p, err := start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("standard error of %s:\n%s", strings.Join(p.cmd.Args, " "), tail(p.Stderr.String()))
		}
		if strings.Contains(p.Stderr.String(), "WARNING: DATA RACE") {
			t.Errorf("data race in %s:\n%s", strings.Join(p.cmd.Args, " "), p.Stderr)
		}
	})
	return p
}

func start(c Command) (*Process, error) {
	path := c.Path
	if path == "" {
		path = "parley"
	}
	p := &Process{Stdout: newLog(), Stderr: newLog(), done: make(chan struct{})}
	p.cmd = exec.Command(path, c.Args...)
	p.cmd.Env = append(cleanEnvironment(), c.Env...)
	p.cmd.Dir = c.Dir
	p.cmd.Stdout, p.cmd.Stderr = p.Stdout, p.Stderr
	p.cmd.SysProcAttr = cmp.Or(c.Sys, killedWithParent)
	p.cmd.WaitDelay = 5 * time.Second // a grandchild may keep the outputs open
	if c.Stdin {
		var err error
		if p.Stdin, err = p.cmd.StdinPipe(); err != nil {
			return nil, err
		}
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.PID = p.cmd.Process.Pid
	go p.wait() // ends with the process, which the cleanup of Start kills and waits for
	return p, nil
}

// cleanEnvironment returns the environment of the test without settings of Parley.
func cleanEnvironment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PARLEY_") })
	return append(env, "PARLEY_CONFIG="+os.DevNull,
		"GORACE=atexit_sleep_ms=0") // without it the race detector delays the end of a program by a second
}

func (p *Process) wait() {
	p.err = p.cmd.Wait()
	p.Stdout.end()
	p.Stderr.end()
	close(p.done)
}

// tail returns the end of a text, to bound what a failing test prints.
func tail(text string) string {
	const most = 8 << 10
	return text[max(0, len(text)-most):]
}

// Exited returns a channel that is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.done }

// Kill kills the process and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Signal sends a signal.
func (p *Process) Signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// WriteLine writes a line to standard input.
func (p *Process) WriteLine(t testing.TB, line string) {
	t.Helper()
	if _, err := io.WriteString(p.Stdin, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// ExitCode waits until the process has ended and returns its exit code.
func (p *Process) ExitCode(t testing.TB) int {
	t.Helper()
	return p.ExitCodeWithin(t, Timeout)
}

// ExitCodeWithin is [Process.ExitCode] with the given time limit.
func (p *Process) ExitCodeWithin(t testing.TB, limit time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(limit):
		t.Fatalf("%s does not end", strings.Join(p.cmd.Args, " "))
	}
	if exit, ok := errors.AsType[*exec.ExitError](p.err); ok {
		return exit.ExitCode()
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	return 0
}
