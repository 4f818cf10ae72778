//go:build !linux

package machine

import (
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// DieWithParent is nil: the system has nothing like it.
var DieWithParent *syscall.SysProcAttr

// Pins are the cores that the server and the load run on. On this system these are all.
type Pins struct{}

// Pin pins nothing.
func Pin() (Pins, error) { return Pins{}, nil }

// On returns false.
func (Pins) On() bool { return false }

// Load returns -1.
func (Pins) Load() int { return -1 }

// PinTo pins nothing.
func PinTo(int) error { return nil }

// Start starts a process.
func (Pins) Start(cmd *exec.Cmd) error { return cmd.Start() }

// UsageOf fails.
func UsageOf(int) (Usage, error) { return Usage{}, errors.ErrUnsupported }

// RaiseFiles returns 0. The Go runtime raises the limit.
func RaiseFiles() int { return 0 }

// CoreIdleTime fails.
func CoreIdleTime() (time.Duration, error) { return 0, errors.ErrUnsupported }
