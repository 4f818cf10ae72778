package receipt

import "sync/atomic"

// Receipt is the receipt of one message. A nil receipt is that of a message whose sender does
// not wait. Its methods may be called by any goroutine, and do not block.
type Receipt struct {
	left atomic.Int64
	done func() // immutable
}

// New returns a receipt for one message, after whose release done is called.
func New(done func()) *Receipt {
	r := &Receipt{done: done}
	r.left.Store(1)
	return r
}

// Join returns the receipt of a message that takes the place of several; nil for none.
func Join(all []*Receipt) *Receipt {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return New(func() {
		for _, r := range all {
			r.Release()
		}
	})
}

// Share returns the receipt for one more message that follows from the first.
func (r *Receipt) Share() *Receipt {
	if r != nil {
		r.left.Add(1)
	}
	return r
}

// Release reports that one message is dealt with.
func (r *Receipt) Release() {
	if r != nil && r.left.Add(-1) == 0 {
		r.done()
	}
}
