package e2e

import "syscall"

// killedWithParent makes the system kill the children of a test binary that could not
// clean up, for example after a time-out.
var killedWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
