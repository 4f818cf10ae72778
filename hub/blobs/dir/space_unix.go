//go:build linux || darwin

package dir

import "golang.org/x/sys/unix"

// space returns the free room and the size of the file system of a directory, in bytes.
func space(dir string) (free, size int64, err error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return 0, 0, err
	}
	return int64(disk.Bavail) * int64(disk.Bsize), int64(disk.Blocks) * int64(disk.Bsize), nil
}
