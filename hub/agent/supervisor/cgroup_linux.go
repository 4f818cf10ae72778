package supervisor

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// newCgroup creates a cgroup for a run below this process's own, and returns its
// directory. It returns "" if that is not possible: without cgroup version 2, without
// the permission, or before Linux 5.14, which cannot kill a cgroup.
func newCgroup(run run) string {
	own := ownCgroup()
	if own == "" {
		return ""
	}
	dir := filepath.Join(own, "parley-agent-"+string(run))
	if os.Mkdir(dir, 0o755) != nil {
		return ""
	}
	if _, err := os.Stat(filepath.Join(dir, "cgroup.kill")); err != nil {
		_ = os.Remove(dir)
		return ""
	}
	return dir
}

// removeCgroup removes a cgroup whose processes have ended, which the kernel takes a
// moment to notice.
func removeCgroup(dir string) {
	if dir == "" {
		return
	}
	for range 50 {
		if err := os.Remove(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
			return
		}
		time.Sleep(killPoll)
	}
}

// ownCgroup returns the directory of this process's cgroup of version 2, or "".
var ownCgroup = sync.OnceValue(func() string {
	groups, _ := os.ReadFile("/proc/self/cgroup")
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range bytes.Lines(groups) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "0::"); ok {
			return cgroupDir(string(mounts), path)
		}
	}
	return ""
})

// cgroupDir returns the directory of a cgroup by its path, from the content of
// /proc/self/mountinfo; see proc_pid_mountinfo(5). It returns "" if the cgroup is not
// mounted.
func cgroupDir(mounts, path string) string {
	for line := range strings.Lines(mounts) {
		before, after, ok := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if !ok || len(fields) < 5 || !strings.HasPrefix(after, "cgroup2 ") {
			continue
		}
		root, point := fields[3], fields[4]
		if below, ok := strings.CutPrefix(path, strings.TrimSuffix(root, "/")); ok {
			return filepath.Join(point, below)
		}
	}
	return ""
}
