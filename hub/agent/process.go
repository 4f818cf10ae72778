package agent

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/supervisor"
	"parley/hub/rules"
)

// waitDelay is how long the output of an agent that has exited is waited for, in
// case a process that got away holds it open.
const waitDelay = time.Second

// process is an agent as a child process.
type process struct {
	// immutable
	child  *supervisor.Child
	in     io.WriteCloser
	out    *output
	errors *tail // of its standard error
	ended  chan struct{}
	log    *zap.Logger

	// set before ended is closed
	end supervisor.End
	err error // of waiting
}

// startProcess starts the profile's command in cwd. A goroutine waits for its
// end; gone tells.
func startProcess(p Profile, cwd string, records *supervisor.Records, log *zap.Logger) (*process, error) {
	path, err := lookPath(p.Command[0])
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, p.Command[1:]...)
	cmd.Dir = cwd
	cmd.Env = environment(os.Environ(), p.Env)
	cmd.WaitDelay = waitDelay
	// Not StdinPipe and StdoutPipe: the command is not started by cmd, and Wait
	// would close its output before all was read.
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot be started: %w", err)
	}
	defer inRead.Close() // the child has its own
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot be started: %w", err), inWrite.Close())
	}
	defer outWrite.Close() // as above
	stderr := new(tail)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = inRead, outWrite, stderr
	child, err := supervisor.Start(cmd, records)
	if err != nil {
		return nil, errors.Join(startError(p.Command[0], err), inWrite.Close(), outRead.Close())
	}
	proc := &process{child: child, in: inWrite, out: &output{file: outRead}, errors: stderr,
		ended: make(chan struct{}), log: log}
	go proc.wait()
	return proc, nil
}

// commandError says why a command cannot be run. It is a rules.ErrNoCommand.
type commandError struct{ command, why string }

func (e *commandError) Error() string { return fmt.Sprintf("command %q %s", e.command, e.why) }
func (e *commandError) Unwrap() error { return rules.ErrNoCommand }

// startError words why a command was not started. A command that the system will
// never run as it is now, such as a script without an interpreter, is told apart
// from a lack of memory or of processes.
func startError(command string, err error) error {
	_, refused := errors.AsType[*supervisor.CommandError](err)
	if refused && (errors.Is(err, syscall.ENOEXEC) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist)) {
		return &commandError{command, "cannot be started: " + err.Error()}
	}
	return fmt.Errorf("cannot be started: %w", err)
}

// lookPath finds a command and words the errors for the operator.
func lookPath(command string) (string, error) {
	path, err := exec.LookPath(command)
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", &commandError{command, "was not found"}
	case errors.Is(err, fs.ErrPermission):
		return "", &commandError{command, "may not be executed"}
	case err != nil:
		return "", fmt.Errorf("command %q: %w", command, err)
	}
	// The child starts in another directory.
	return filepath.Abs(path)
}

// environment is that of the server, without what is meant for the server
// alone, and with the profile's own.
func environment(server []string, own map[string]string) []string {
	var env []string
	for _, pair := range server {
		if !strings.HasPrefix(pair, "PARLEY_") {
			env = append(env, pair)
		}
	}
	for key, value := range own {
		env = append(env, key+"="+value) // the last one counts
	}
	return env
}

// wait collects the process and what it has left behind. It ends with them.
func (p *process) wait() {
	defer close(p.ended)
	p.end, p.err = p.child.Wait()
	if p.end.Left > 0 {
		p.log.Warn("processes of the agent are left", zap.Int("processes", p.end.Left))
	}
	p.out.finish()
}

func (p *process) stdin() io.WriteCloser { return p.in }
func (p *process) stdout() io.Reader     { return p.out }
func (p *process) stderr() string        { return p.errors.String() }
func (p *process) terminate()            { p.child.Terminate() }
func (p *process) kill()                 { p.child.Kill() }
func (p *process) gone() <-chan struct{} { return p.ended }

func (p *process) exit() exit {
	end := exit{code: p.end.Code, stderr: p.errors.String()}
	switch {
	case p.end.Code != nil:
		end.text = fmt.Sprintf("exited with status %d", *p.end.Code)
	case p.end.Signal != "":
		end.text = "was ended by a signal: " + p.end.Signal
	case p.end.Lost:
		end.text = "was ended: its supervisor was killed"
	default:
		end.text = fmt.Sprintf("ended: %v", p.err)
	}
	return end
}
