package supervisor

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// proc is a process in /proc.
type proc struct {
	pid, parent, group, session int
	ended                       bool   // the process is a zombie
	start                       uint64 // start time, in clock ticks since boot; identifies a process together with pid
}

// allProcs returns all processes, or none if /proc cannot be read.
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

// readProc reads /proc/PID/stat; see proc_pid_stat(5). The fields follow the command's
// name, which is in brackets and may contain any character.
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

// hasVariable reports whether the process was started with an environment variable,
// given as NAME=VALUE. It returns false for processes of other users.
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
