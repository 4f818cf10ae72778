package rawconn

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// setUserTimeout makes the system abort a connection whose peer does not acknowledge
// what it is sent for that long. By default that takes about 15 minutes, in which
// the peer counts as present.
func setUserTimeout(raw syscall.RawConn, d time.Duration) {
	if raw == nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(d.Milliseconds()))
	})
}
