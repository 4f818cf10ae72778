//go:build unix

package cputime

import (
	"syscall"
	"testing"
	"time"
)

// Meter measures the processor time of this process; see [Start].
type Meter struct{ start time.Duration }

// Start starts a measurement.
func Start() Meter { return Meter{used()} }

// Report adds the metric cpu-µs/op to a benchmark: the processor time used since
// [Start], divided by b.N.
func (m Meter) Report(b *testing.B) {
	b.ReportMetric(float64((used()-m.start).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
}

// used returns the process's time in user and system mode.
func used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
