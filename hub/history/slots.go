package history

import "context"

// Slots bounds how many reads of the journal run for clients at a time. A read holds more
// memory than the page or the answer that it produces, and very many clients can ask at
// the same time. Hosts have additional slots, so that they can act while guests read. The
// methods are safe for concurrent use.
type Slots struct {
	all   Slot
	hosts Slot
}

// Slot holds one value for each read that is under way: [Slots.Enter] sends it
// and [Slot.Leave] receives it. Its capacity is the number of reads that may
// run. It is never closed.
type Slot chan struct{}

const (
	maxReads     = 8
	maxHostReads = 2 // in addition to maxReads
)

// NewSlots returns the slots of a process.
func NewSlots() Slots {
	return Slots{all: make(Slot, maxReads), hosts: make(Slot, maxHostReads)}
}

// Enter waits for a slot, also one of the hosts' if host is true. The caller gives it back
// by [Slot.Leave] once the answer holds what was read. Enter returns ctx's error if ctx
// ends first.
func (s Slots) Enter(ctx context.Context, host bool) (Slot, error) {
	hosts := s.hosts
	if !host {
		hosts = nil // never ready
	}
	select {
	case s.all <- struct{}{}:
		return s.all, nil
	case hosts <- struct{}{}:
		return hosts, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Leave gives the slot back.
func (s Slot) Leave() { <-s }
