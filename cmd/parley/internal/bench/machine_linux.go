package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// dieWithParent ends a server whose bench was killed.
var dieWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}

// Pins are the cores that the server and the load run on.
type Pins struct {
	server, load, before unix.CPUSet
	on                   bool
}

// Pin pins this process to one core, and keeps another for the server. Where
// there is one core only, nothing is pinned.
func Pin() (Pins, error) {
	var p Pins
	if err := unix.SchedGetaffinity(0, &p.before); err != nil {
		return p, fmt.Errorf("pin: %w", err)
	}
	found := 0
	for cpu := 0; cpu < len(p.before)*64 && found < 2; cpu++ {
		if !p.before.IsSet(cpu) {
			continue
		}
		if found == 0 {
			p.server.Set(cpu)
		} else {
			p.load.Set(cpu)
		}
		found++
	}
	if found < 2 {
		return p, nil
	}
	p.on = true
	runtime.GOMAXPROCS(1)
	return p, setAffinity(&p.load)
}

// On reports whether anything is pinned.
func (p Pins) On() bool { return p.on }

// Load is the load's core; -1 if nothing is pinned.
func (p Pins) Load() int {
	for cpu := 0; p.on; cpu++ {
		if p.load.IsSet(cpu) {
			return cpu
		}
	}
	return -1
}

// setAffinity pins every thread of this process. Threads that come later are
// made by these and stay with them.
func setAffinity(to *unix.CPUSet) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			continue
		}
		if err := unix.SchedSetaffinity(id, to); err != nil && err != unix.ESRCH {
			return fmt.Errorf("pin: %w", err)
		}
	}
	return nil
}

// start starts a process on the server's core. A child inherits the mask of the
// thread that makes it, and Go takes the number of its processors from that.
func (p Pins) start(cmd *exec.Cmd) error {
	if !p.on {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.SchedSetaffinity(0, &p.server); err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	err := cmd.Start()
	if back := unix.SchedSetaffinity(0, &p.load); back != nil {
		return fmt.Errorf("pin: %w", back)
	}
	return err
}

// clockTick is what /proc counts processor time in: USER_HZ, 100 on every
// platform that Go runs on.
const clockTick = time.Second / 100

// useOf reads /proc/PID/stat, see proc(5): fields 14 and 15 are the user and
// system time, 24 the resident set in pages.
func useOf(pid int) (Use, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Use{}, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // from the third on
	number := func(field int) int {
		n, _ := strconv.Atoi(string(fields[field-3]))
		return n
	}
	return Use{
		CPU: time.Duration(number(14)+number(15)) * clockTick,
		RSS: number(24) * os.Getpagesize(),
	}, nil
}

// RaiseFiles lets this process and its children open as many files as they
// may, and returns how many that is.
func RaiseFiles() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	limit.Cur = limit.Max
	_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	return int(limit.Cur)
}

// idleOfOwnCore returns for how long the core that this process is pinned to has
// had nothing to do: the fourth and fifth column of /proc/stat, see proc(5). The
// columns of what it did are samples, which miss what runs by a timer.
func idleOfOwnCore() (idle time.Duration, err error) {
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

// PinTo pins this process to a core; a negative one pins nothing.
func PinTo(core int) error {
	if core < 0 {
		return nil
	}
	var set unix.CPUSet
	set.Set(core)
	runtime.GOMAXPROCS(1)
	return setAffinity(&set)
}
