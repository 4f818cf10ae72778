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
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"parley/hub"
)

const (
	// runVariable is in the environment of an agent and of all it starts. It
	// tells which run they belong to.
	runVariable = "PARLEY_AGENT_RUN"
	// waitDelay is how long the output of an agent that has exited is waited
	// for, in case a process that got away holds it open.
	waitDelay = time.Second
)

// process is an agent as a child process.
type process struct {
	// immutable
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *output
	errors *tail   // of its standard error
	family *family // what the process has started
	ended  chan struct{}
	log    *zap.Logger

	err error // of Wait; set before ended is closed
}

// startProcess starts the profile's command in cwd. A goroutine waits for its
// end; gone tells.
func startProcess(p Profile, cwd string, log *zap.Logger) (*process, error) {
	path, err := lookPath(p.Command[0])
	if err != nil {
		return nil, err
	}
	run := runVariable + "=" + uuid.NewString()
	cmd := exec.Command(path, p.Command[1:]...)
	cmd.Dir = cwd
	cmd.Env = append(environment(os.Environ(), p.Env), run)
	cmd.WaitDelay = waitDelay
	cmd.SysProcAttr = ownSession()
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot be started: %w", err)
	}
	// Not StdoutPipe: Wait would close it before all was read.
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		_ = in.Close()
		return nil, fmt.Errorf("cannot be started: %w", err)
	}
	stderr := new(tail)
	cmd.Stdout, cmd.Stderr = outWrite, stderr
	family, err := startFamily(cmd, run)
	_ = outWrite.Close() // the child has its own
	if err != nil {
		_ = outRead.Close()
		return nil, fmt.Errorf("cannot be started: %w", err)
	}
	proc := &process{cmd: cmd, in: in, out: &output{file: outRead}, errors: stderr,
		family: family, ended: make(chan struct{}), log: log}
	go proc.wait()
	return proc, nil
}

// commandError says why a command cannot be run. It is a hub.ErrNoCommand.
type commandError struct{ command, why string }

func (e *commandError) Error() string { return fmt.Sprintf("command %q %s", e.command, e.why) }
func (e *commandError) Unwrap() error { return hub.ErrNoCommand }

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
	p.err = p.cmd.Wait()
	p.family.waited()
	if left := p.family.end(); left > 0 {
		p.log.Warn("processes of the agent are left", zap.Int("processes", left))
	}
	p.out.finish()
}

func (p *process) stdin() io.WriteCloser { return p.in }
func (p *process) stdout() io.Reader     { return p.out }
func (p *process) stderr() string        { return p.errors.String() }
func (p *process) terminate()            { p.family.terminate() }
func (p *process) kill()                 { p.family.kill() }
func (p *process) tidy()                 { p.family.tidy() }
func (p *process) gone() <-chan struct{} { return p.ended }

func (p *process) exit() exit {
	end := exit{text: "ended", stderr: p.errors.String()}
	state := p.cmd.ProcessState
	switch {
	case state == nil:
		end.text = fmt.Sprintf("ended: %v", p.err)
	case state.Exited():
		code := state.ExitCode()
		end.code, end.text = &code, fmt.Sprintf("exited with status %d", code)
	default:
		end.text = "was ended by a " + state.String()
	}
	return end
}
