//go:build unix && !linux

package agent

import (
	"os/exec"
	"syscall"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

// family is an agent's process group. What leaves the group is not followed
// here: there is neither /proc nor a sub-reaper.
type family struct {
	root int // immutable: the agent's process id, and its group's
}

// adoptOrphans needs Linux.
func adoptOrphans(*zap.Logger) {}

// ownSession puts a child into a session, and so a process group, of its own.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func startFamily(cmd *exec.Cmd, _ string) (*family, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &family{root: cmd.Process.Pid}, nil
}

func (f *family) waited()    {}
func (f *family) tidy()      {}
func (f *family) terminate() { _ = unix.Kill(-f.root, unix.SIGTERM) }
func (f *family) kill()      { _ = unix.Kill(-f.root, unix.SIGKILL) }

// end kills what is left of the group. The group's number cannot be another's
// while a member lives; with none left the call fails, as it should.
func (f *family) end() int {
	f.kill()
	return 0
}
