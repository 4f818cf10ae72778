package limit

import (
	"sync/atomic"

	"parley/protocol"
)

// Refusals counts what each limit has refused. The zero value is ready to use.
type Refusals struct {
	counts [len(protocol.LimitTable)]atomic.Uint64
}

// Add counts one refusal. It ignores [protocol.NoLimit].
func (r *Refusals) Add(l protocol.Limit) {
	if l != protocol.NoLimit {
		r.counts[l].Add(1)
	}
}

// Of returns how much a limit has refused.
func (r *Refusals) Of(l protocol.Limit) uint64 { return r.counts[l].Load() }
