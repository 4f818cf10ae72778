package feed

import (
	"sync"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// backlog is what waits for one connection, and how far the connection has come.
//
// It is in one of two modes. While it replays, live events are not queued, since
// the connection's goroutine reads them from the journal; answers are queued
// with the event that they follow. Once next has passed head the backlog is
// live: events are queued, or go straight to a sink that is idle.
type backlog struct {
	// immutable
	all   *backlogs // what all connections together hold
	limit int       // bytes; a connection for which more waits is closed
	hints bool      // whether the connection gets hints

	// guarded by mu
	mu     sync.Mutex
	sink   Sink             // set before the connection reads; immutable after
	joined bool             // the session has let the connection in
	reader rules.Projection // what the connection may see; immutable after join
	idle   bool             // take has returned nothing: bursts are offered to the sink, or the sink is woken
	live   bool             // see above
	next   journal.Seq      // the first event that was neither taken nor queued
	head   journal.Seq      // the newest event that is durable
	queue  []item           // bounded by limit; an empty queue takes any item
	bytes  int              // of the queue
	missed Line             // the newest presence hint that was dropped since the last one was queued
	closed *Closed          // why the subscription ends, behind the queue
	use    usage
}

// item waits for the connection.
type item struct {
	line  Line
	late  lateLine    // instead of line
	after journal.Seq // the newest event in front of it
}

// itemCost is what an item counts in addition to its bytes.
const itemCost = 64

func (i item) cost() int { return len(i.line.Bytes) + itemCost }

func (b *backlog) init(all *backlogs, limit int, hints bool) {
	b.all, b.limit, b.hints, b.sink = all, limit, hints, newPull()
	all.enter(b)
}

func (b *backlog) setSink(sink Sink) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sink = sink
}

// join lets the connection in while head is the newest event. It returns false
// if the subscription has ended.
func (b *backlog) join(head journal.Seq, reader rules.Projection) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed != nil {
		return false
	}
	b.joined, b.head, b.reader = true, head, reader
	return true
}

// readFrom sets the next event to read.
func (b *backlog) readFrom(next journal.Seq) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next = next
}

// offer passes a burst to the sink if nothing waits in front of it, and else
// into the queue. A subscription that has ended receives nothing.
func (b *backlog) offer(burst *Burst) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed != nil || len(burst.Lines) == 0 {
		return
	}
	burst = burst.to(b.reader)
	if b.idle && burst.follows(b.next) && b.sink.Offer(burst) {
		if burst.events > 0 {
			b.head, b.next = burst.last, burst.last+1
		}
		return
	}
	for _, l := range burst.Lines {
		b.add(l)
	}
}

// add queues a line.
func (b *backlog) add(l Line) {
	switch {
	case l.seq > 0:
		b.addEvent(l)
	case l.hint != required:
		b.addHint(l)
	default:
		b.put(item{line: l, after: b.head})
	}
}

// addEvent queues an event. An event that does not follow the last one, after
// the journal had failed, is read like those that are missing before it.
func (b *backlog) addEvent(l Line) {
	b.head = l.seq
	if b.live = b.live && l.seq == b.next; b.live {
		b.next = l.seq + 1
		b.put(item{line: l, after: l.seq - 1})
	} else {
		b.wake()
	}
}

// addHint queues a hint, or drops it for a connection that is behind.
func (b *backlog) addHint(l Line) {
	presence := l.hint == presenceHint
	switch {
	case !b.hints:
	case b.live && b.bytes < b.limit/2:
		if presence {
			b.missed = Line{} // this one shows the gap as well
		}
		b.put(item{line: l, after: b.head})
	case presence:
		b.missed = l
	}
}

// putLate queues a line that is encoded when it is taken, behind everything that
// was offered before.
func (b *backlog) putLate(l lateLine) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(item{late: l, after: b.head})
}

// putFirst queues a line in front of every event, those that are replayed
// included.
func (b *backlog) putFirst(l lateLine) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(item{late: l})
}

// put queues an item, or ends the subscription of a client that is too slow.
func (b *backlog) put(i item) {
	if b.closed != nil {
		return
	}
	if len(b.queue) > 0 && b.bytes+i.cost() > b.limit {
		b.tooSlow()
		b.all.refused(protocol.LimitOwnOutbound)
		return
	}
	b.queue = append(b.queue, i)
	b.bytes += i.cost()
	b.account()
	b.wake()
}

// wake tells the sink that there is something to take, if it does not know.
func (b *backlog) wake() {
	if b.idle {
		b.idle = false
		b.sink.Wake()
	}
}

// end closes the subscription behind everything that was queued.
func (b *backlog) end(c Closed) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed == nil {
		b.closed = &c
	}
	b.wake()
}

// tooSlow closes the subscription and drops the queue. The caller holds mu.
func (b *backlog) tooSlow() {
	b.queue, b.bytes = nil, 0
	b.account()
	if b.closed == nil {
		b.closed = &Closed{protocol.CloseTooSlow, "the connection is too slow; come back with your cursor"}
	}
	b.wake()
}

// close ends the subscription and takes the connection out of the common budget.
// It reports whether the session had let the connection in.
func (b *backlog) close() (joined bool) {
	b.end(Closed{closeNormal, "the connection is gone"})
	b.mu.Lock()
	joined = b.joined
	b.use.released = true
	b.account()
	b.mu.Unlock()
	b.all.leave(b)
	return joined
}
