package rawconn

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// send sends what a socket takes without waiting, without a word to Go's scheduler:
// syscall.Write prepares the scheduler for a call that takes long, and this one
// cannot.
func send(fd uintptr, p []byte) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, fd,
		uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
