package e2e

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// Command says how to start a process.
type Command struct {
	Path  string // parley if empty
	Args  []string
	Env   []string // in addition to that of the test
	Dir   string
	Stdin bool // whether standard input is a pipe; else there is none
}

// Process is a running child.
type Process struct {
	PID   int
	Out   *Log
	Err   *Log
	Stdin io.WriteCloser // nil unless Command.Stdin

	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended and its output is complete
	err    error         // of Wait; read after exited
}

// Parley starts parley with arguments.
func Parley(t testing.TB, args ...string) *Process {
	t.Helper()
	return Start(t, Command{Args: args})
}

// Start starts a process, which is killed when the test ends.
func Start(t testing.TB, c Command) *Process {
	t.Helper()
	p, err := start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s wrote to its standard error:\n%s", strings.Join(p.cmd.Args, " "), lastOf(p.Err.String()))
		}
		if strings.Contains(p.Err.String(), "WARNING: DATA RACE") {
			t.Errorf("there is a data race in %s:\n%s", strings.Join(p.cmd.Args, " "), p.Err)
		}
	})
	return p
}

func start(c Command) (*Process, error) {
	path := c.Path
	if path == "" {
		path = "parley"
	}
	p := &Process{Out: newLog(), Err: newLog(), exited: make(chan struct{})}
	p.cmd = exec.Command(path, c.Args...)
	p.cmd.Env = append(ownEnvironment(), c.Env...)
	p.cmd.Dir = c.Dir
	p.cmd.Stdout, p.cmd.Stderr = p.Out, p.Err
	p.cmd.SysProcAttr = dieWithParent
	p.cmd.WaitDelay = 5 * time.Second // for a grandchild that keeps the outputs open
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

// ownEnvironment returns the environment of the test without settings of Parley.
func ownEnvironment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PARLEY_") })
	return append(env, "PARLEY_CONFIG="+os.DevNull,
		"GORACE=atexit_sleep_ms=0") // without it the race detector delays the end of a program by a second
}

func (p *Process) wait() {
	p.err = p.cmd.Wait()
	p.Out.end()
	p.Err.end()
	close(p.exited)
}

// lastOf returns the end of a text, to bound what a failing test prints.
func lastOf(text string) string {
	const most = 8 << 10
	return text[max(0, len(text)-most):]
}

// Exited returns a channel that is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Kill kills the process and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// Signal sends a signal.
func (p *Process) Signal(t testing.TB, s os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// Type writes a line to standard input.
func (p *Process) Type(t testing.TB, line string) {
	t.Helper()
	if _, err := io.WriteString(p.Stdin, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// Code waits until the process ends and returns its exit code.
func (p *Process) Code(t testing.TB) int {
	t.Helper()
	return p.CodeWithin(t, Patience)
}

// CodeWithin is [Process.Code] with a time limit of its own.
func (p *Process) CodeWithin(t testing.TB, limit time.Duration) int {
	t.Helper()
	select {
	case <-p.exited:
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
