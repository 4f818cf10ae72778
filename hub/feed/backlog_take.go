package feed

import (
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// due is what a connection does next: send items, or else read the events from
// and up to but not including to, or else end. When idle, it waits.
type due struct {
	items    []item
	from, to journal.Seq // from is 0 when there is nothing to read
	closed   *Closed
	idle     bool
}

// take removes what is due.
func (b *backlog) take() due {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next > b.head {
		b.live = true
	}
	if b.live {
		return b.takeLive()
	}
	return b.takeReplay()
}

// takeLive removes the whole queue.
func (b *backlog) takeLive() due {
	items := b.queue
	b.queue, b.bytes = nil, 0
	if len(items) == 0 && b.missed.Bytes != nil {
		items, b.missed = []item{{line: b.missed, after: b.head}}, Line{}
	}
	b.idle = len(items) == 0 && b.closed == nil
	return due{items: items, closed: b.closed, idle: b.idle}
}

// takeReplay removes the items whose turn comes before the next event, or
// returns the events to read up to the next item: an answer keeps its place
// among the events.
func (b *backlog) takeReplay() due {
	d := due{from: b.next, to: b.head + 1}
	for len(b.queue) > 0 && b.queue[0].after < b.next {
		d.items = append(d.items, b.queue[0])
		b.bytes -= b.queue[0].cost()
		b.queue = b.queue[1:]
	}
	if len(b.queue) > 0 {
		d.to = b.queue[0].after + 1
	}
	return d
}

// putBack returns items to the front of the queue that take has just emptied.
func (b *backlog) putBack(items []item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed != nil && b.closed.Code == protocol.CloseTooSlow {
		return // the queue behind them was dropped
	}
	for _, i := range items {
		b.bytes += i.cost()
	}
	b.queue = slices.Concat(items, b.queue)
	b.account()
}
