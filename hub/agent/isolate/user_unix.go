//go:build unix

package isolate

import "syscall"

// run has the user run a command.
func (u *User) run(attr *syscall.ProcAttr) {
	attr.Env = append(attr.Env, "HOME="+u.Home, "USER="+u.Name, "LOGNAME="+u.Name) // the last value counts
	attr.Sys.Credential = &syscall.Credential{Uid: u.UID, Gid: u.GID, Groups: u.Groups}
}
