package main

import (
	"math"
	"runtime/debug"
)

// outboundDefault is how much may wait for all clients together where no limit on
// the process's memory is known.
const outboundDefault = 256 << 20

// outboundBytes returns how much may wait for all clients together: what was set,
// or else a quarter of what the process may take at most.
func outboundBytes(set int) int {
	if set > 0 {
		return set
	}
	limit := min(debug.SetMemoryLimit(-1), systemMemoryLimit())
	if limit == math.MaxInt64 {
		return outboundDefault
	}
	return int(max(limit/4, 1<<20))
}

// limitMemory makes the garbage collector keep the heap within 90 % of the memory
// that the system lets the process take, unless set, the value of GOMEMLIMIT, says
// otherwise. Without a limit the heap grows to twice what is in use, and the system
// kills a process that takes too much.
func limitMemory(set string, system int64) {
	if set == "" && system < math.MaxInt64 {
		debug.SetMemoryLimit(system / 10 * 9)
	}
}
