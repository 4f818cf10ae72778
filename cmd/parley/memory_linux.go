package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// systemMemoryLimit returns how much memory the system lets this process take: the
// least of its cgroups' (cgroups(7), version 2) and of RLIMIT_AS. Without any it
// is math.MaxInt64.
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
	_, path, _ := strings.Cut(strings.TrimSpace(string(own)), "0::")
	return min(limit, cgroupMemoryLimit("/sys/fs/cgroup", path))
}

// cgroupMemoryLimit returns the least memory.max from a cgroup up to the root.
func cgroupMemoryLimit(root, path string) int64 {
	limit := int64(math.MaxInt64)
	for path = filepath.Clean("/" + path); ; path = filepath.Dir(path) {
		text, err := os.ReadFile(filepath.Join(root, path, "memory.max"))
		if n, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil {
			limit = min(limit, n) // "max" is no number
		}
		if path == "/" {
			return limit
		}
	}
}
