//go:build !unix

package supervisor

import (
	"errors"
	"os/exec"

	"go.uber.org/zap"

	"parley/hub/agent/isolate"
)

// errSystem is the error of Start on this system.
var errSystem = errors.New("agents as child processes need Linux or macOS")

// Child does not exist on this system.
type Child struct{}

// Start returns an error on this system.
func Start(*exec.Cmd, *isolate.Plan, *Records) (*Child, error) { return nil, errSystem }

// Terminate does nothing.
func (c *Child) Terminate() {}

// Kill does nothing.
func (c *Child) Kill() {}

// Wait returns an error.
func (c *Child) Wait() (End, error) { return End{}, errSystem }

// Adopt does nothing.
func Adopt(*zap.Logger) {}

// Records records nothing on this system.
type Records struct{}

// NewRecords returns records that record nothing.
func NewRecords(string, *zap.Logger) *Records { return &Records{} }

// Sweep does nothing.
func (r *Records) Sweep() error { return nil }
