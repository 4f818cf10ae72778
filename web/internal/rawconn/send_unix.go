//go:build unix && !linux

package rawconn

import "syscall"

// send sends what a socket takes without waiting: Go's sockets are non-blocking.
func send(fd uintptr, p []byte) (int, error) { return syscall.Write(int(fd), p) }
