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
