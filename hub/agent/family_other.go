//go:build !unix

package agent

import (
	"errors"
	"os/exec"
	"syscall"

	"go.uber.org/zap"
)

// errSystem says what this system lacks. The demo agent works everywhere.
var errSystem = errors.New("agents as child processes need Linux or macOS")

// family is not there: ending what an agent has started needs process groups.
type family struct{}

func adoptOrphans(*zap.Logger)         {}
func ownSession() *syscall.SysProcAttr { return nil }

func startFamily(*exec.Cmd, string) (*family, error) { return nil, errSystem }

func (f *family) waited()    {}
func (f *family) tidy()      {}
func (f *family) terminate() {}
func (f *family) kill()      {}
func (f *family) end() int   { return 0 }
