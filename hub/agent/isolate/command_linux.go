package isolate

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// self is the file of this program.
const self = "/proc/self/exe"

// argv0 is the name by which this program runs in the namespaces.
const argv0 = "parley-agent-isolate"

// exitFailed is the exit status if the command cannot be isolated. Shells use it for a
// command that cannot be executed.
const exitFailed = 126

// Command returns the path and the arguments with which to start a command instead of its
// own, and completes attr, whose Sys must be set. The caller closes nothing.
func (p *Plan) Command(path string, args []string, attr *syscall.ProcAttr) (string, []string, error) {
	if p == nil {
		return path, args, nil
	}
	if err := p.check(); err != nil {
		return "", nil, err
	}
	if p.User != nil {
		p.User.run(attr)
		return path, args, nil
	}
	if err := enterNamespaces(attr.Sys); err != nil {
		return "", nil, err
	}
	plan, err := json.Marshal(p)
	if err != nil {
		return "", nil, err
	}
	return self, append([]string{argv0, string(plan), attr.Dir, path}, args...), nil
}

// enterNamespaces starts a process in a new user namespace, in which all ids mean the
// same, and a new mount namespace.
func enterNamespaces(sys *syscall.SysProcAttr) error {
	sys.Cloneflags |= unix.CLONE_NEWUSER | unix.CLONE_NEWNS
	sys.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP} // until the command is executed
	if os.Geteuid() != 0 {
		sys.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
		sys.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
		return nil
	}
	var err error
	if sys.UidMappings, err = sameIDs("/proc/self/uid_map"); err != nil {
		return err
	}
	sys.GidMappings, err = sameIDs("/proc/self/gid_map")
	sys.GidMappingsEnableSetgroups = true
	return err
}

// sameIDs returns a mapping of all ids that this process's namespace has to themselves.
func sameIDs(file string) ([]syscall.SysProcIDMap, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var maps []syscall.SysProcIDMap
	for line := range strings.Lines(string(content)) {
		var inside, outside, size int
		if _, err := fmt.Sscan(line, &inside, &outside, &size); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		maps = append(maps, syscall.SysProcIDMap{ContainerID: inside, HostID: inside, Size: size})
	}
	return maps, nil
}

func init() {
	if len(os.Args) > 4 && os.Args[0] == argv0 {
		runtime.LockOSThread() // capabilities belong to a thread
		err := enter(os.Args[1], os.Args[2], os.Args[3], os.Args[4:])
		_, _ = fmt.Fprintln(os.Stderr, "the agent cannot be isolated:", err)
		syscall.Exit(exitFailed)
	}
}

// enter hides what must be hidden, gives up its capabilities and executes the command. It
// returns only with an error.
func enter(plan, dir, path string, args []string) error {
	var p Plan
	if err := json.Unmarshal([]byte(plan), &p); err != nil {
		return err
	}
	if err := hide(p.Hide, p.Keep); err != nil {
		return err
	}
	if dir != "" {
		// The working directory may be in what is hidden now.
		if err := os.Chdir(dir); err != nil {
			return fmt.Errorf("working directory: %w", err)
		}
	}
	if err := dropCapabilities(); err != nil {
		return err
	}
	// The command ends when the process that started it does. A change of capabilities
	// resets that.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return err
	}
	return &os.PathError{Op: "execute", Path: path, Err: syscall.Exec(path, args, os.Environ())}
}
