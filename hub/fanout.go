package hub

import (
	"context"
	"slices"
	"sync"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// fanout passes what a shared session has for its connections on to them, in
// order, so that deciding never waits for sockets. What has come together goes
// out together. Its goroutine begins with the first notice and stays, since a
// stack that has grown is worth keeping; the actor ends it by stop.
type fanout struct {
	running sync.WaitGroup

	// guarded by mu
	mu      sync.Mutex
	work    sync.Cond // signalled when there is something in the queue, and by stop
	room    sync.Cond // signalled when the queue has been taken
	queue   []notice  // bounded by fanoutNotices and fanoutBytes; when full, add waits
	bytes   int       // of what is in the queue
	begun   bool      // the goroutine runs
	stopped bool      // nothing is taken into the queue any more

	// owned by the goroutine
	subs  []*Subscription
	burst Burst
}

const (
	// fanoutNotices and fanoutBytes are how far the fan-out may be behind before
	// the actor waits for it. It never waits for a socket, so that is not long.
	fanoutNotices = 1024
	fanoutBytes   = 4 << 20
	// burstBytes bounds what goes out as one, but for a larger single line.
	burstBytes = 256 << 10
)

// notice is one thing to pass on. tell runs on the fan-out's goroutine.
type notice interface {
	tell(f *fanout)
}

func newFanout() *fanout {
	f := new(fanout)
	f.work.L, f.room.L = &f.mu, &f.mu
	return f
}

// add takes a notice that holds so many bytes. An empty queue takes any. After
// stop there is nobody left to be told.
func (f *fanout) add(n notice, bytes int) {
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

// stop waits until everything is passed on. It is called once, by who adds.
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
			n.tell(f)
		}
		f.flush()
	}
}

// take waits for notices and swaps the queue for the slice that was taken
// before. It returns none when there will be none any more.
func (f *fanout) take(before []notice) []notice {
	clear(before) // what was passed on is not kept
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

// flush offers the burst to everybody, and to each what is its own.
func (f *fanout) flush() {
	for _, s := range f.subs {
		if s.own == nil && s.given == 0 {
			s.offer(&f.burst)
		} else {
			f.alone(s)
			s.given = 0
		}
	}
	f.burst = Burst{}
}

// alone offers one connection what it has not been given of the burst, behind
// what is its own.
func (f *fanout) alone(s *Subscription) {
	s.offer(newBurst(slices.Concat(s.own, f.burst.Lines[s.given:])))
	s.own, s.given = nil, len(f.burst.Lines)
}

// line puts a line behind the others of the burst.
func (f *fanout) line(l Line) {
	if f.burst.bytes > 0 && f.burst.bytes+len(l.Bytes) > burstBytes {
		f.flush()
	}
	f.burst.add(l)
}

// shown is an event that is durable.
type shown struct{ record *journal.Record }

func (n shown) tell(f *fanout) { f.line(lineOf(history.Encode(n.record))) }

// hinted is what may be dropped.
type hinted struct{ line Line }

func (n hinted) tell(f *fanout) { f.line(n.line) }

// entered is a connection that was let in.
type entered struct{ sub *Subscription }

func (n entered) tell(f *fanout) {
	n.sub.given = len(f.burst.Lines) // they came before it
	f.subs = append(f.subs, n.sub)
}

// left is a connection that has gone.
type left struct{ sub *Subscription }

func (n left) tell(f *fanout) {
	if i := slices.Index(f.subs, n.sub); i >= 0 {
		f.subs = slices.Delete(f.subs, i, i+1)
	}
	n.sub.given = gone
}

// gone instead of what a connection was given says that it has left: it is
// passed on nothing more, though its commands are still answered.
const gone = -1

// ended is the end of a connection.
type ended struct {
	sub    *Subscription
	code   int
	reason string
}

func (n ended) tell(f *fanout) {
	if n.sub.given == gone {
		return
	}
	f.alone(n.sub)
	n.sub.end(n.code, n.reason)
}

// answered is the answer to one connection's request. What has to be read for
// it is read when the connection takes it.
type answered struct {
	sub     *Subscription
	request protocol.Request
	result  result
}

func (n answered) tell(f *fanout) {
	s := n.sub
	if s.given == gone {
		return
	}
	if _, reads := n.result.payload.(history.Deferred); !reads {
		if line, err := s.answer(context.Background(), n.request, n.result); err == nil {
			s.own = append(append(s.own, f.burst.Lines[s.given:]...), line)
			s.given = len(f.burst.Lines)
			return
		}
	}
	f.alone(s)
	s.send(func(ctx context.Context) (Line, error) { return s.answer(ctx, n.request, n.result) })
}
