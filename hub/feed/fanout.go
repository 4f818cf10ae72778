package feed

import (
	"slices"
	"sync"
)

// fanout passes what a room has for its connections on to them, in order, so
// that the actor never waits for sockets. Lines that arrive together leave
// together, as one burst. Its goroutine begins with the first notice and stays,
// since a stack that has grown is worth keeping; the actor ends it by stop.
type fanout struct {
	running sync.WaitGroup // the goroutine, which stop waits for

	// guarded by mu
	mu      sync.Mutex
	work    sync.Cond // signalled when the queue has a notice, and by stop
	room    sync.Cond // signalled when the queue has been taken
	queue   []notice  // bounded by fanoutNotices and fanoutBytes; when it is full, post waits
	bytes   int       // of the queue
	begun   bool      // the goroutine runs
	stopped bool      // post drops its notices

	// owned by the goroutine
	subs  []*Subscription
	burst Burst // lines for all connections, not offered yet
}

const (
	// fanoutNotices and fanoutBytes are how far the fan-out may be behind before
	// the actor waits for it. The fan-out never waits for a socket, so the actor
	// never waits for long.
	fanoutNotices = 1024
	fanoutBytes   = 4 << 20
	// burstBytes bounds a burst, but for one longer line.
	burstBytes = 256 << 10
)

func newFanout() *fanout {
	f := new(fanout)
	f.work.L, f.room.L = &f.mu, &f.mu
	return f
}

// post queues a notice that holds so many bytes. An empty queue takes any
// notice. After stop, post does nothing.
func (f *fanout) post(n notice, bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.queue) > 0 && (len(f.queue) >= fanoutNotices || f.bytes+bytes > fanoutBytes) {
		f.room.Wait()
	}
	if f.stopped {
		return
	}
	f.queue = append(f.queue, n)
	f.bytes += bytes
	f.work.Signal()
	if !f.begun {
		f.begun = true
		f.running.Go(f.run)
	}
}

// stop waits until everything has been passed on. The actor calls it once.
func (f *fanout) stop() {
	f.mu.Lock()
	f.stopped = true
	f.work.Signal()
	f.mu.Unlock()
	f.running.Wait()
}

func (f *fanout) run() {
	var notices []notice
	for {
		if notices = f.take(notices); len(notices) == 0 {
			return
		}
		for _, n := range notices {
			n.deliver(f)
		}
		f.flush()
	}
}

// take waits for notices, and exchanges the queue for the slice that it returned
// before. It returns no notices once there will be none.
func (f *fanout) take(before []notice) []notice {
	clear(before) // so that the slice keeps nothing in memory
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.queue) == 0 && !f.stopped {
		f.work.Wait()
	}
	taken := f.queue
	f.queue, f.bytes = before[:0], 0
	f.room.Signal()
	return taken
}

// broadcast appends a line for all connections to the burst.
func (f *fanout) broadcast(l Line) {
	if f.burst.bytes > 0 && f.burst.bytes+len(l.Bytes) > burstBytes {
		f.flush()
	}
	f.burst.add(l)
}

// flush offers every connection the burst, or its own part of it, and begins a
// new burst.
func (f *fanout) flush() {
	for _, s := range f.subs {
		if s.outbox.shares() {
			s.backlog.offer(&f.burst)
		} else {
			f.flushOwn(s)
			s.outbox.settled = 0
		}
	}
	f.burst = Burst{}
}

// flushOwn offers one connection its part of the burst.
func (f *fanout) flushOwn(s *Subscription) {
	if own := s.outbox.empty(&f.burst); own != nil {
		s.backlog.offer(own)
	}
}

func (f *fanout) add(s *Subscription) {
	s.outbox.skip(&f.burst) // the welcome stands on those lines
	f.subs = append(f.subs, s)
}

func (f *fanout) remove(s *Subscription) {
	if i := slices.Index(f.subs, s); i >= 0 {
		f.subs = slices.Delete(f.subs, i, i+1)
	}
	s.outbox.left = true
}
