//go:build !unix

package supervisor

import (
	"errors"
	"os/exec"

	"go.uber.org/zap"
)

// errSystem says what this system lacks.
var errSystem = errors.New("agents as child processes need Linux or macOS")

// Child needs another system.
type Child struct{}

// Start fails.
func Start(*exec.Cmd, *Records) (*Child, error) { return nil, errSystem }

// Terminate does nothing.
func (c *Child) Terminate() {}

// Kill does nothing.
func (c *Child) Kill() {}

// Wait fails.
func (c *Child) Wait() (End, error) { return End{}, errSystem }

// Adopt does nothing.
func Adopt(*zap.Logger) {}

// Records needs Linux.
type Records struct{}

// NewRecords returns nothing that is of use.
func NewRecords(string, *zap.Logger) *Records { return &Records{} }

// Sweep does nothing.
func (r *Records) Sweep() error { return nil }
