package e2e

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

var residentSet = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// ResidentMemory returns the resident memory of a process in bytes. It skips the test on
// a system that does not report it.
func (p *Process) ResidentMemory(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		t.Skipf("this system does not report the memory of a process: %v", err)
	}
	kilobytes, err := strconv.Atoi(string(residentSet.FindSubmatch(status)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// AwaitResidentMemory waits until the resident memory of a process is below a number of
// bytes, and returns it. The Go runtime returns unused memory gradually.
func (p *Process) AwaitResidentMemory(t testing.TB, below int) (now int) {
	t.Helper()
	isBelow := func() bool {
		now = p.ResidentMemory(t)
		return now < below
	}
	if !Poll(50*time.Millisecond, Timeout, isBelow) {
		t.Fatalf("the process occupies %d KiB; want less than %d KiB", now>>10, below>>10)
	}
	return now
}
