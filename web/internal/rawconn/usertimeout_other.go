//go:build !linux

package rawconn

import (
	"syscall"
	"time"
)

// setUserTimeout leaves it to the system when it aborts a connection.
func setUserTimeout(syscall.RawConn, time.Duration) {}
