//go:build !linux

package e2e

import "syscall"

var dieWithParent *syscall.SysProcAttr
