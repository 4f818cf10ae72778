package isolate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// hide makes directories and files appear empty in this process's mount namespace, except
// for directories to keep.
func hide(paths, keep []string) error {
	// Later mounts of the system appear here too, and none of these appears elsewhere.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("mount namespace: %w", err)
	}
	kept, err := openAll(keep)
	if err != nil {
		return err
	}
	paths = slices.Clone(paths)
	slices.Sort(paths) // what contains others comes first
	for _, path := range paths {
		if err := hideOne(path, kept); err != nil {
			return fmt.Errorf("hide %s: %w", path, err)
		}
	}
	for _, dir := range kept {
		if err := dir.Close(); err != nil {
			return err
		}
	}
	return nil
}

// openAll opens directories, by their real paths.
func openAll(dirs []string) (map[string]*os.File, error) {
	open := map[string]*os.File{}
	for _, dir := range dirs {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return nil, err
		}
		if open[real], err = os.Open(real); err != nil {
			return nil, err
		}
	}
	return open, nil
}

func hideOne(path string, kept map[string]*os.File) error {
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // or a directory above is hidden
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return unix.Mount(os.DevNull, real, "", unix.MS_BIND, "")
	}
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	if err := unix.Mount("parley", real, "tmpfs", flags, "size=64k,mode=0755"); err != nil {
		return err
	}
	for dir, file := range kept {
		if below, err := filepath.Rel(real, dir); err == nil && filepath.IsLocal(below) && below != "." {
			if err := bind(file, dir); err != nil {
				return err
			}
		}
	}
	return unix.Mount("", real, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|flags, "")
}

// bind makes an open directory visible at a path.
func bind(dir *os.File, path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return unix.Mount(fmt.Sprintf("/proc/self/fd/%d", dir.Fd()), path, "", unix.MS_BIND, "")
}

// dropCapabilities gives up what a command could undo the mounts with. A command of
// another user than root has no capabilities once it is executed; one of root would have
// those that are not dropped here.
func dropCapabilities() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("ambient capabilities: %w", err)
	}
	for _, capability := range []uintptr{
		unix.CAP_SYS_ADMIN, unix.CAP_SYS_PTRACE, unix.CAP_SYS_MODULE, unix.CAP_SYS_RAWIO, unix.CAP_SYS_BOOT,
		unix.CAP_DAC_READ_SEARCH, unix.CAP_MAC_ADMIN, unix.CAP_MAC_OVERRIDE, unix.CAP_SETPCAP,
	} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0); err != nil {
			return fmt.Errorf("capability %d: %w", capability, err)
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var held, none [2]unix.CapUserData
	if err := unix.Capget(&header, &held[0]); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	for i := range none {
		none[i].Permitted, none[i].Effective = held[i].Permitted, held[i].Effective // until the command is executed
	}
	if err := unix.Capset(&header, &none[0]); err != nil { // what is inheritable would survive
		return fmt.Errorf("inheritable capabilities: %w", err)
	}
	return nil
}
