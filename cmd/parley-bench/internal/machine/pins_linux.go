package machine

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// DieWithParent makes the system kill a child when this process ends.
var DieWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}

// Pins are the cores that the server and the load run on. The zero value pins
// nothing.
type Pins struct {
	server, load, before unix.CPUSet
	on                   bool
}

// Pin pins this process, which is the load, to one core and reserves another for
// servers. On a machine with a single core it pins nothing.
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

// Load returns the core of the load, or -1 if nothing is pinned.
func (p Pins) Load() int {
	for cpu := 0; p.on; cpu++ {
		if p.load.IsSet(cpu) {
			return cpu
		}
	}
	return -1
}

// setAffinity pins every thread of this process. Later threads inherit that from
// the thread that creates them.
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

// Start starts a process on the core for servers. A child inherits the mask of the
// thread that creates it, from which Go takes its number of processors.
func (p Pins) Start(cmd *exec.Cmd) error {
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

// PinTo pins this process to a core. If core is negative it does nothing.
func PinTo(core int) error {
	if core < 0 {
		return nil
	}
	var set unix.CPUSet
	set.Set(core)
	runtime.GOMAXPROCS(1)
	return setAffinity(&set)
}
