package hub

import (
	"sync/atomic"

	"parley/hub/journal"
	"parley/hub/rules"
)

// receipt counts what is left to do with a message that the connector of an agent has
// carried. The connector keeps the message until the host session, and the shared sessions
// that are told of it, have committed what they make of it. A nil receipt is that of any
// other message. Its methods may be called by any goroutine, and do not block.
type receipt struct {
	left atomic.Int64
	done func() // immutable
}

// newReceipt returns a receipt for one message, after whose release done is called.
func newReceipt(done func()) *receipt {
	r := &receipt{done: done}
	r.left.Store(1)
	return r
}

// joined returns the receipt for a message that takes the place of several.
func joined(all []*receipt) *receipt {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return newReceipt(func() {
		for _, r := range all {
			r.release()
		}
	})
}

// share returns the receipt for one more message that follows from the first.
func (r *receipt) share() *receipt {
	if r != nil {
		r.left.Add(1)
	}
	return r
}

// release reports that one message is dealt with.
func (r *receipt) release() {
	if r != nil && r.left.Add(-1) == 0 {
		r.done()
	}
}

// parcel is a message on its way to another session.
type parcel struct {
	message rules.Message
	origin  rules.Origin
	receipt *receipt
}

// envelope returns the parcel as an input of the session that receives it.
func (p parcel) envelope() envelope {
	in := unanswered(p.message)
	in.Origin, in.receipt = p.origin, p.receipt
	return in
}

// post sends a message to another session. What a host session sends because of a message
// of its agent carries the origin and the receipt of that.
func (a *actor) post(to journal.SessionID, m rules.Message) {
	p := parcel{message: m}
	if a.kind == journal.KindHost && a.releasing != nil {
		p.origin, p.receipt = a.releasing.Origin, a.releasing.receipt.share()
	}
	a.courier(to).Post(p)
}
