package server

import (
	"math"
	"runtime/debug"
)

// defaultOutbound is the size limit, in bytes, of the data that waits for all clients
// together, if no memory limit is known.
const defaultOutbound = 256 << 20

// outboundBytes returns the size limit of the data that waits for all clients together:
// configured or, if that is 0, a quarter of the memory limit.
func outboundBytes(configured int) int {
	if configured > 0 {
		return configured
	}
	limit := min(debug.SetMemoryLimit(-1), systemMemoryLimit())
	if limit == math.MaxInt64 {
		return defaultOutbound
	}
	return int(max(limit/4, 1<<20))
}

// limitMemory makes the garbage collector keep the heap within 90 % of the memory that
// the system allows the process, unless GOMEMLIMIT is set; gomemlimit is its value. Without a limit the heap grows to twice the size of the live objects, and
// the system kills a process that exceeds its memory.
func limitMemory(gomemlimit string, system int64) {
	if gomemlimit == "" && system < math.MaxInt64 {
		debug.SetMemoryLimit(system / 10 * 9)
	}
}
