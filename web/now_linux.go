package web

import (
	"syscall"
	"unsafe"
)

// writeNow is write(2) on a socket that does not block. It goes past Go's
// scheduler, which prepares for every other system call to take long: that
// would be a fifth of what sending an event to one connection costs.
func writeNow(fd uintptr, p []byte) (int, error) { return callNow(syscall.SYS_WRITE, fd, p) }

// readNow is read(2) on a socket that does not block, past Go's scheduler too.
// The scheduler would wake a thread that then looks every few microseconds
// whether the call has come back.
func readNow(fd uintptr, p []byte) (int, error) { return callNow(syscall.SYS_READ, fd, p) }

func callNow(call, fd uintptr, p []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
