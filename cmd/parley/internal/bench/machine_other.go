//go:build !linux

package bench

import (
	"errors"
	"os/exec"
	"syscall"
	"time"
)

var dieWithParent *syscall.SysProcAttr

// Pins are the cores that the server and the load run on: any, on this system.
type Pins struct{}

// Pin pins nothing.
func Pin() (Pins, error) { return Pins{}, nil }

// On reports whether anything is pinned.
func (Pins) On() bool { return false }

// Load is the load's core: -1, since nothing is pinned.
func (Pins) Load() int { return -1 }

// PinTo pins nothing.
func PinTo(int) error { return nil }

func (Pins) start(cmd *exec.Cmd) error { return cmd.Start() }

func useOf(int) (Use, error) { return Use{}, errors.ErrUnsupported }

// RaiseFiles does nothing; Go raises the soft limit itself.
func RaiseFiles() int { return 0 }

func idleOfOwnCore() (time.Duration, error) { return 0, errors.ErrUnsupported }
