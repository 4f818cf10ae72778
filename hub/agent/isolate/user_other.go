//go:build !unix

package isolate

import "syscall"

// run does nothing: no commands run on these systems.
func (u *User) run(*syscall.ProcAttr) {}
