//go:build linux || darwin || freebsd

package datadir

import (
	"os"

	"golang.org/x/sys/unix"
)

// FreeSpace returns how many bytes this process can still write to the file
// system that holds dir. known is false if the file system does not tell.
func FreeSpace(dir string) (bytes uint64, known bool) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil || disk.Blocks == 0 {
		return 0, false
	}
	blocks := uint64(disk.Bavail)
	if os.Geteuid() == 0 {
		blocks = uint64(disk.Bfree) // includes the blocks reserved for root
	}
	return blocks * uint64(disk.Bsize), true
}
