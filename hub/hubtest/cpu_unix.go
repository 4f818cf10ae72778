//go:build unix

package hubtest

import (
	"syscall"
	"testing"
	"time"
)

// CPU measures the processor time of this process, which is steadier than how
// long something takes on a busy machine.
type CPU struct{ from time.Duration }

// StartCPU begins to measure.
func StartCPU() CPU { return CPU{cpuTime()} }

// Report adds the time since for each of the benchmark's operations.
func (c CPU) Report(b *testing.B) {
	b.ReportMetric(float64((cpuTime()-c.from).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
}

// cpuTime is the time in user and system mode.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
