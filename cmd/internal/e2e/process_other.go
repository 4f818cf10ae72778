//go:build !linux

package e2e

import "syscall"

var killedWithParent *syscall.SysProcAttr
