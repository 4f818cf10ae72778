package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// proc is a process as /proc shows it.
type proc struct {
	pid, parent, group, session int
	ended                       bool   // it is a zombie
	start                       uint64 // in clock ticks since boot; with pid it names a process for good
}

// allProcs lists all processes; none if /proc cannot be read.
func allProcs() []proc {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var all []proc
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if p, ok := readProc(pid); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

// readProc reads /proc/PID/stat. The fields follow the command's name, which
// stands in brackets and may have any character in it; see proc_pid_stat(5).
func readProc(pid int) (proc, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return proc{}, false
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return proc{}, false
	}
	number := func(i int) int {
		n, _ := strconv.Atoi(string(fields[i]))
		return n
	}
	start, err := strconv.ParseUint(string(fields[19]), 10, 64)
	return proc{pid: pid, ended: fields[0][0] == 'Z' || fields[0][0] == 'X',
		parent: number(1), group: number(2), session: number(3), start: start}, err == nil
}

// hasVariable reports whether the process was started with that variable, given
// as NAME=VALUE. Of other users' processes it knows nothing.
func (p proc) hasVariable(variable string) bool {
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
	if err != nil {
		return false
	}
	for pair := range bytes.SplitSeq(env, []byte{0}) {
		if string(pair) == variable {
			return true
		}
	}
	return false
}
