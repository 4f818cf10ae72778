//go:build unix

package server

import (
	"math"

	"golang.org/x/sys/unix"
)

// connectionLimit returns how many connections a server may have: 90 % of the files that
// the process may have open. The journal and the agents need the rest. It returns 0 if
// there is no limit.
func connectionLimit() int {
	var files unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &files) != nil || files.Cur >= math.MaxInt32 {
		return 0
	}
	return max(1, int(files.Cur/10*9))
}
