package web

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), which package syscall lacks.
const tcpUserTimeout = 0x12

// giveUpAfter has the system break a connection off whose peer takes nothing of
// what it is sent for that long. By itself it tries for a quarter of an hour,
// and the peer counts as present for all that time.
func giveUpAfter(socket syscall.RawConn, d time.Duration) {
	if socket == nil {
		return
	}
	_ = socket.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
	})
}
