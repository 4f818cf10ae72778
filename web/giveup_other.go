//go:build !linux

package web

import (
	"syscall"
	"time"
)

// giveUpAfter leaves it to the system when to give a silent peer up.
func giveUpAfter(syscall.RawConn, time.Duration) {}
