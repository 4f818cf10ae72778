//go:build !linux && !darwin && !freebsd

package datadir

// FreeSpace reports known as false: this system is not asked. A full disk shows
// only when a commit fails.
func FreeSpace(string) (bytes uint64, known bool) { return 0, false }
