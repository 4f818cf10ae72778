package e2e

import "syscall"

// dieWithParent makes the system kill the children of a test binary that could not clean
// up, for example after a time-out.
var dieWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
