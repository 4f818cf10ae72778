//go:build !linux

package isolate

import (
	"errors"
	"syscall"
)

var errSystem = errors.New("only Linux can keep files from an agent that runs as the server's own user; name another one with --agent-user")

// Command returns an error unless the plan has a user.
func (p *Plan) Command(path string, args []string, attr *syscall.ProcAttr) (string, []string, error) {
	if p == nil {
		return path, args, nil
	}
	if p.User == nil {
		return "", nil, errSystem
	}
	p.User.run(attr)
	return path, args, p.check()
}

// Check returns an error unless the plan has a user.
func (p *Plan) Check() error {
	if p == nil || p.User != nil {
		return nil
	}
	return errSystem
}
