package peer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/isolate"
	"parley/hub/agent/profile"
	"parley/hub/agent/supervisor"
	"parley/hub/rules"
)

// waitDelay is how long to wait for the standard error of an agent that has exited, in
// case an escaped process holds it open.
const waitDelay = time.Second

// process is an agent in a child process. It is safe for concurrent use.
type process struct {
	// immutable
	child  *supervisor.Child
	in     io.WriteCloser
	out    *output
	errOut *tail
	ended  chan struct{} // closed by wait when it ends, never sent to
	log    *zap.Logger

	// set by wait before it closes ended
	end supervisor.End
	err error // of waiting
}

// StartProcess starts the profile's command in a directory, isolated as a plan says. Its goroutine, wait, ends
// with the process, which Terminate or Kill end; the caller waits for Gone. The error wraps
// [rules.ErrNoCommand] if the command cannot be run as it is.
func StartProcess(p profile.Profile, cwd string, isolation *isolate.Plan, records *supervisor.Records, log *zap.Logger) (Peer, error) {
	path, err := lookPath(p.Command[0])
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, p.Command[1:]...)
	cmd.Dir = cwd
	cmd.Env = environment(os.Environ(), p.Env)
	cmd.WaitDelay = waitDelay
	// StdinPipe and StdoutPipe do not work here: cmd does not start the command itself,
	// and its Wait would close the output before everything is read.
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot be started: %w", err)
	}
	defer inRead.Close() // the child has its own copy
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot be started: %w", err), inWrite.Close())
	}
	defer outWrite.Close() // the child has its own copy
	errOut := new(tail)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = inRead, outWrite, errOut
	child, err := supervisor.Start(cmd, isolation, records)
	if err != nil {
		return nil, errors.Join(startError(p.Command[0], err), inWrite.Close(), outRead.Close())
	}
	proc := &process{child: child, in: inWrite, out: &output{file: outRead}, errOut: errOut,
		ended: make(chan struct{}), log: log}
	go proc.wait()
	return proc, nil
}

// commandError reports that a command cannot be run. It wraps rules.ErrNoCommand.
type commandError struct{ command, reason string }

func (e *commandError) Error() string { return fmt.Sprintf("command %q %s", e.command, e.reason) }
func (e *commandError) Unwrap() error { return rules.ErrNoCommand }

// startError returns the error for a command that was not started. It is a commandError
// for a command that will never start as it is, such as a script without an
// interpreter, but not for a lack of memory or processes.
func startError(command string, err error) error {
	_, refused := errors.AsType[*supervisor.CommandError](err)
	if refused && (errors.Is(err, syscall.ENOEXEC) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist)) {
		return &commandError{command, "cannot be started: " + err.Error()}
	}
	return fmt.Errorf("cannot be started: %w", err)
}

// lookPath returns the absolute path of a command, since the child starts in another
// directory.
func lookPath(command string) (string, error) {
	path, err := exec.LookPath(command)
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", &commandError{command, "was not found"}
	case errors.Is(err, fs.ErrPermission):
		return "", &commandError{command, "is not executable"}
	case err != nil:
		return "", fmt.Errorf("command %q: %w", command, err)
	}
	return filepath.Abs(path)
}

// serviceVariables are how systemd talks to a service, in which agents take no part.
var serviceVariables = []string{
	"LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
	"CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "CONFIGURATION_DIRECTORY", "INVOCATION_ID", "JOURNAL_STREAM",
}

// environment returns the server's environment without its own variables and those of its
// service manager, with those of a profile.
func environment(server []string, own map[string]string) []string {
	var env []string
	for _, pair := range server {
		if name, _, _ := strings.Cut(pair, "="); !strings.HasPrefix(name, "PARLEY_") && !slices.Contains(serviceVariables, name) {
			env = append(env, pair)
		}
	}
	for key, value := range own {
		env = append(env, key+"="+value) // the last value of a variable counts
	}
	return env
}

// wait waits for the process and what it leaves behind.
func (p *process) wait() {
	defer close(p.ended)
	p.end, p.err = p.child.Wait()
	if p.end.Left > 0 {
		p.log.Warn("processes of the agent could not be ended", zap.Int("processes", p.end.Left))
	}
	p.out.finish()
}

func (p *process) Stdin() io.WriteCloser { return p.in }
func (p *process) Stdout() io.Reader     { return p.out }
func (p *process) Stderr() string        { return p.errOut.String() }
func (p *process) Terminate()            { p.child.Terminate() }
func (p *process) Kill()                 { p.child.Kill() }
func (p *process) Gone() <-chan struct{} { return p.ended }

func (p *process) Exit() Exit {
	end := Exit{Code: p.end.Code, Stderr: p.errOut.String()}
	switch {
	case p.end.Code != nil:
		end.Text = fmt.Sprintf("exited with status %d", *p.end.Code)
	case p.end.Signal != "":
		end.Text = "was ended by a signal: " + p.end.Signal
	case p.end.Lost:
		end.Text = "ended because its supervisor was killed"
	default:
		end.Text = fmt.Sprintf("ended: %v", p.err)
	}
	return end
}
