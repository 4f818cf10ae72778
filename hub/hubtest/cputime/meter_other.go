//go:build !unix

package cputime

import "testing"

// Meter measures nothing on this system.
type Meter struct{}

// Start starts a measurement.
func Start() Meter { return Meter{} }

// Report adds no metric.
func (Meter) Report(*testing.B) {}
