package machine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// clockTick is the unit of processor time in /proc: USER_HZ, which is 100 on every
// platform that Go supports.
const clockTick = time.Second / 100

// UsageOf returns what a process has used. It reads /proc/PID/stat, see proc(5):
// fields 14 and 15 are the user and system time, 24 the resident set in pages.
func UsageOf(pid int) (Usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Usage{}, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // from the third field on
	number := func(field int) int {
		n, _ := strconv.Atoi(string(fields[field-3]))
		return n
	}
	return Usage{
		CPU: time.Duration(number(14)+number(15)) * clockTick,
		RSS: number(24) * os.Getpagesize(),
	}, nil
}

// RaiseFiles raises the limit of open files of this process and its children to the
// hard limit, and returns it; 0 if it is not known.
func RaiseFiles() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	limit.Cur = limit.Max
	_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	return int(limit.Cur)
}

// CoreIdleTime returns for how long the core that this process is pinned to has been
// idle since the system started: columns 4 and 5 of /proc/stat, see proc(5). The
// columns for work are sampled, which misses work that a timer starts.
func CoreIdleTime() (idle time.Duration, err error) {
	var own unix.CPUSet
	if err := unix.SchedGetaffinity(0, &own); err != nil {
		return 0, fmt.Errorf("own core: %w", err)
	}
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(stat) {
		f := bytes.Fields(line)
		core, isCore := bytes.CutPrefix(f[0], []byte("cpu"))
		n, err := strconv.Atoi(string(core))
		if own.Count() != 1 || !isCore || err != nil || !own.IsSet(n) || len(f) < 6 {
			continue
		}
		waiting, _ := strconv.Atoi(string(f[4]))
		forDisk, _ := strconv.Atoi(string(f[5]))
		return time.Duration(waiting+forDisk) * clockTick, nil
	}
	return 0, errors.New("not pinned to one core")
}
