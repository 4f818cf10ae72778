package server

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// systemMemoryLimit returns how much memory, in bytes, the system allows this process:
// the lowest limit of its cgroups (cgroups(7), either version) and of RLIMIT_AS. It
// returns math.MaxInt64 if there is no limit.
func systemMemoryLimit() int64 {
	limit := int64(math.MaxInt64)
	var as unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &as) == nil && as.Cur < math.MaxInt64 {
		limit = int64(as.Cur)
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return limit
	}
	for line := range strings.Lines(string(own)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch controller, path, _ := strings.Cut(rest, ":"); controller {
		case "": // version 2
			limit = min(limit, cgroupMemoryLimit("/sys/fs/cgroup", path, "memory.max"))
		case "memory":
			limit = min(limit, cgroupMemoryLimit("/sys/fs/cgroup/memory", path, "memory.limit_in_bytes"))
		}
	}
	return limit
}

// noMemoryLimit is a lower bound for the limit that version 1 of cgroups reports if
// there is none.
const noMemoryLimit = 1 << 62

// cgroupMemoryLimit returns the lowest limit of a cgroup and all its parents up to the
// root. The limit of each is in the named file.
func cgroupMemoryLimit(root, path, file string) int64 {
	limit := int64(math.MaxInt64)
	for path = filepath.Clean("/" + path); ; path = filepath.Dir(path) {
		text, err := os.ReadFile(filepath.Join(root, path, file))
		if n, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil && n < noMemoryLimit {
			limit = min(limit, n) // "max" does not parse
		}
		if path == "/" {
			return limit
		}
	}
}
