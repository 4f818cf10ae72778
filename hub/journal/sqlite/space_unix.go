//go:build linux || darwin || freebsd

package sqlite

import (
	"os"

	"golang.org/x/sys/unix"
)

// freeSpace returns how many bytes this process can still write to the file
// system of a directory, where the file system tells.
func freeSpace(dir string) (bytes uint64, known bool) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil || disk.Blocks == 0 {
		return 0, false
	}
	blocks := uint64(disk.Bavail)
	if os.Geteuid() == 0 {
		blocks = uint64(disk.Bfree) // some are reserved for root
	}
	return blocks * uint64(disk.Bsize), true
}
