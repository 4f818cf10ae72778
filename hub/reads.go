package hub

import "context"

// reads bounds how much is read from the journal for clients at a time: a read
// holds more of the journal than the page or the answer that it makes, and very
// many can ask at once. Hosts, who decide, do not queue behind all the others.
type reads struct {
	anybody, hosts readSlot
}

// readSlot holds one for each read that is under way.
type readSlot chan struct{}

const (
	maxReads     = 8
	maxHostReads = 2 // beside those
)

func newReads() reads {
	return reads{make(readSlot, maxReads), make(readSlot, maxHostReads)}
}

// enter waits for a slot, which the caller leaves when what was read is in the
// answer. It returns ctx's error when that ends first.
func (r reads) enter(ctx context.Context, host bool) (readSlot, error) {
	hosts := r.hosts
	if !host {
		hosts = nil // never ready
	}
	select {
	case r.anybody <- struct{}{}:
		return r.anybody, nil
	case hosts <- struct{}{}:
		return hosts, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s readSlot) leave() { <-s }
