package feed

import "parley/hub/internal/background"

// Sink is a connection to which a subscription pushes. The methods are called by
// the session's fan-out and must not block.
type Sink interface {
	// Offer passes a burst that nothing else waits in front of. It reports
	// whether the sink takes the burst; if not, [Subscription.Take] returns it.
	Offer(b *Burst) bool
	// Wake says that [Subscription.Take] has something to return. It is called
	// once until Take has returned nothing again.
	Wake()
	// Cut breaks the connection off at once, even while it is being written to:
	// the memory that it holds is needed.
	Cut()
}

// pull is the sink of a subscription that is read by [Subscription.Next]. Wake
// sends to the channel; its capacity is one, since one look finds everything. It
// is never closed.
type pull chan struct{}

func newPull() pull { return make(pull, 1) }

func (p pull) Offer(*Burst) bool { return false }
func (p pull) Wake()             { background.Notify(p) }
func (p pull) Cut()              {} // Next returns the reason
