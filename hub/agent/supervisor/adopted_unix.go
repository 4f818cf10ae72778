//go:build unix && !linux

package supervisor

import (
	"os/exec"

	"go.uber.org/zap"
)

// Adopt does nothing on this system.
func Adopt(*zap.Logger) {}

var adopted adoptedSet

type adoptedSet struct{}

func (adoptedSet) start(cmd *exec.Cmd) error { return cmd.Start() }
func (adoptedSet) remove(int)                {}
