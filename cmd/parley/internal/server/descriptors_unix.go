//go:build unix

package server

import (
	"math"

	"golang.org/x/sys/unix"
)

// fileReserve is how many files are kept for the journal and the agents, if that is more than
// a tenth, and leaves half of a very low limit for connections.
const fileReserve = 64

// connectionLimit returns how many connections a server may have: 90 % of the files that
// the process may have open, or fewer under a low limit. The journal and the agents need the
// rest. It returns 0 if there is no limit.
func connectionLimit() int {
	var files unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &files) != nil || files.Cur >= math.MaxInt32 {
		return 0
	}
	limit := int(files.Cur)
	return max(1, limit/2, min(limit*9/10, limit-fileReserve))
}
