package web

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// writeNow sends what a socket takes at once. It goes past Go's scheduler, which
// prepares for every other system call to take long: that would be a fifth of
// what sending an event to one connection costs. And it is sendto(2) rather
// than write(2), which first does what is for files: a twelfth.
func writeNow(fd uintptr, p []byte) (int, error) { return callNow(unix.SYS_SENDTO, fd, p) }

// readNow receives what has come, past Go's scheduler too. The scheduler would
// wake a thread that then looks every few microseconds whether the call has come
// back.
func readNow(fd uintptr, p []byte) (int, error) { return callNow(unix.SYS_RECVFROM, fd, p) }

func callNow(call, fd uintptr, p []byte) (int, error) {
	n, _, errno := syscall.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
