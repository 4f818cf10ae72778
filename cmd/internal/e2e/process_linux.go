package e2e

import "syscall"

// dieWithParent ends the children of a test binary that could not clean up, one
// that ran out of its time say.
var dieWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
