package hub

import (
	"context"
	"sync"
	"time"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// Closed is why a subscription ended.
type Closed struct {
	Code   int // a close code of protocol, or 1000
	Reason string
}

func (c *Closed) Error() string { return c.Reason }

// Sink is a connection that is handed what its session has for it. Its methods
// are called by the session's fan-out, and do not wait.
type Sink interface {
	// Offer is given a burst for which nothing waits before it, and reports
	// whether the sink takes it. What it does not take comes by Take.
	Offer(b *Burst) bool
	// Wake tells that Take has something. It is called once, until Take has
	// returned nothing again.
	Wake()
	// Cut breaks the connection off, at once: others need the memory of what is
	// being written to it.
	Cut()
}

// Subscription is one connection's place in a session: it reads what the
// client has missed from the journal, at the client's pace, then passes over
// to what happens live, without a gap or a duplicate.
//
// A connection pulls by Next, or it sets a Sink, is woken and calls Take. Next,
// Take and Opening are for one goroutine at a time, Send for one; Close may be
// called from anywhere, more than once.
type Subscription struct {
	// immutable
	hub        *Hub
	session    journal.SessionID
	eventsOnly bool
	readOnly   bool
	cursor     string // the client's, as it came

	// set when the session lets it in, then immutable
	who    protocol.Participant // as of then
	self   departed             // the same, for commands that come after leaving
	host   bool                 // the participant was the host then
	begin  journal.Head         // the newest event then
	fanout *fanout

	// owned by who calls Next, Take and Opening
	opened bool
	resume string
	tail   []*journal.Record // what may be missing until it is opened and live; set by letIn
	lent   *[]byte           // the welcome, until the next Take

	// owned by the fan-out
	own   []Line // for this connection alone, not yet offered; it includes lines of the burst
	given int    // lines of the burst that are offered, or in own

	// guarded by mu
	mu     sync.Mutex
	actor  *actor // nil until the session lets it in
	sink   Sink
	idle   bool        // Take has returned nothing: what comes is offered, or the sink is woken
	next   journal.Seq // the first event that is neither given out nor in the queue
	head   journal.Seq // the newest event that is durable
	live   bool        // events are put in the queue; until then they are read
	queue  []item
	bytes  int  // of what is in the queue
	missed Line // the newest presence that was dropped and not told since
	closed *Closed

	// what counts for the budget of all connections; guarded by mu
	writing int       // bytes that Take has returned, until it is called again
	counted int       // as the budget has it
	since   time.Time // when it began to hold that, or Take was last called
	cutOff  bool      // ended for the sake of others
	gone    bool      // Close was called
}

// item is something that waits for the connection.
type item struct {
	line  Line
	make  func(context.Context) (Line, error) // instead of line: made when its turn comes
	after journal.Seq                         // the newest event before it
}

// itemCost is what an item counts beside its bytes.
const itemCost = 64

// letIn begins the subscription at the event that its welcome stands on, which
// is the last of tail. It returns false if the client has gone meanwhile.
func (s *Subscription) letIn(a *actor, f *fanout, w *Welcome, tail []*journal.Record) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		return false
	}
	who := w.Participant
	who.AccessToken = nil
	s.actor, s.fanout, s.who, s.self, s.host = a, f, who, departed{who.ID: &who}, w.forHost()
	s.begin, s.head, s.tail = w.at, w.at.Seq, tail
	return true
}

// Push has the subscription hand what comes to a sink, beginning when Take
// first returns nothing.
func (s *Subscription) Push(sink Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sink = sink
}

// offer passes a burst on: to the sink if nothing waits before it, else into
// the queue. Who was shown out is shown nothing more.
func (s *Subscription) offer(b *Burst) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil || len(b.Lines) == 0 {
		return
	}
	if s.idle && b.follows(s.next) && s.sink.Offer(b) {
		if b.events > 0 {
			s.head, s.next = b.last, b.last+1
		}
		return
	}
	for _, l := range b.Lines {
		s.wait(l)
	}
}

// wait lets a line wait for Take. An event that does not follow on the last,
// after the journal had failed, is read like what is missing before it.
func (s *Subscription) wait(l Line) {
	switch {
	case l.seq == 0 && l.hint:
		switch {
		case s.eventsOnly:
		case s.live && s.bytes < s.hub.options.MaxBacklog/2:
			if l.presence {
				s.missed = Line{} // this one shows the hole as well
			}
			s.put(item{line: l, after: s.head})
		case l.presence:
			s.missed = l
		}
	case l.seq == 0:
		s.put(item{line: l, after: s.head})
	default:
		s.head = l.seq
		if s.live = s.live && l.seq == s.next; s.live {
			s.next = l.seq + 1
			s.put(item{line: l, after: l.seq - 1})
		} else {
			s.wake()
		}
	}
}

// wake tells the sink that there is something, if it does not know.
func (s *Subscription) wake() {
	if s.idle {
		s.idle = false
		s.sink.Wake()
	}
}

// send puts an answer behind what was shown before. make is called by Next.
func (s *Subscription) send(make func(context.Context) (Line, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(item{make: make, after: s.head})
}

// sendFirst puts the welcome before every event, replayed ones included.
func (s *Subscription) sendFirst(make func(context.Context) (Line, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(item{make: make})
}

// put queues an item, or ends the subscription of a client that is too slow. An
// empty queue takes anything, so that a big event can always be had.
func (s *Subscription) put(i item) {
	if s.closed != nil {
		return
	}
	cost := len(i.line.Bytes) + itemCost
	if len(s.queue) > 0 && s.bytes+cost > s.hub.options.MaxBacklog {
		s.tooSlow()
		return
	}
	s.queue = append(s.queue, i)
	s.bytes += cost
	s.count()
	s.wake()
}

// end lets Next return a *Closed once everything before has been given.
func (s *Subscription) end(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed == nil {
		s.closed = &Closed{code, reason}
	}
	s.wake()
}

// Close ends the subscription. What was not yet given out is dropped.
func (s *Subscription) Close() {
	s.end(closeNormal, "the connection is gone")
	s.mu.Lock()
	a := s.actor
	s.gone = true
	s.count()
	s.mu.Unlock()
	s.hub.backlogs.leave(s)
	if a != nil {
		a.leaves(s)
	}
}

// Opening tells where the subscription begins: the cursor before its first
// event, and ResumeNew, ResumeOK or ResumeGap.
func (s *Subscription) Opening(ctx context.Context) (protocol.Cursor, string, error) {
	if !s.opened {
		if err := s.open(ctx); err != nil {
			return protocol.Cursor{}, "", err
		}
	}
	if s.resume == protocol.ResumeOK {
		c, err := protocol.ParseCursor(s.cursor)
		return c, s.resume, err
	}
	return protocol.NewCursor(uint64(s.begin.Seq), s.begin.Hash), s.resume, nil
}

// open decides by the client's cursor where to begin.
func (s *Subscription) open(ctx context.Context) error {
	next, resume, err := s.past().Resume(ctx, s.cursor, s.begin)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened, s.resume, s.next = true, resume, next
	return nil
}

// reader reads for an answer; any goroutine may call it.
func (s *Subscription) reader() history.Reader {
	return history.Reader{Journal: s.hub.journal, Session: s.session}
}

// past reads what came before the connection, and what it has missed since.
func (s *Subscription) past() history.Reader {
	r := s.reader()
	r.Tail = s.tail
	return r
}

// Next waits for lines to send and returns all that are there, within limits.
// The first one is the welcome, unless the subscription is for events only. It
// returns ctx's error when ctx ends, and a *Closed when the subscription has
// ended. Lines without a cursor are to be read before the next call.
func (s *Subscription) Next(ctx context.Context) ([]Line, error) {
	for {
		lines, err := s.Take(ctx)
		if len(lines) > 0 || err != nil {
			return lines, err
		}
		select {
		case <-s.sink.(pull):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pull is the sink of a subscription that is read by Next.
type pull chan struct{} // sent to by Wake; holds one, since one look finds all

func (p pull) Offer(*Burst) bool { return false }
func (p pull) Wake()             { signal(p) }
func (p pull) Cut()              {} // Next returns why

// Take is Next that does not wait: it returns no lines when there are none now.
// ctx is for what has to be read from the journal.
func (s *Subscription) Take(ctx context.Context) ([]Line, error) {
	s.takeBack()
	if !s.opened {
		if err := s.open(ctx); err != nil {
			return nil, err
		}
	}
	items, from, to, closed := s.poll()
	var lines []Line
	var err error
	switch {
	case len(items) > 0:
		lines, err = s.lines(ctx, items)
	case from > 0:
		lines, err = s.replay(ctx, from, to)
	case closed != nil:
		err = closed
	}
	s.writes(lines)
	return lines, err
}

// poll takes what is due: items of the queue, or else the events to read from
// the journal, to excluded, or else why the subscription has ended.
func (s *Subscription) poll() (items []item, from, to journal.Seq, closed *Closed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next > s.head {
		s.live = true
	}
	if s.live {
		items = s.queue
		s.queue, s.bytes = nil, 0
		if len(items) == 0 && s.missed.Bytes != nil {
			items, s.missed = []item{{line: s.missed, after: s.head}}, Line{}
		}
		if s.idle = len(items) == 0 && s.closed == nil; s.idle {
			s.tail = nil // there is nothing left to read
		}
		return items, 0, 0, s.closed
	}
	for len(s.queue) > 0 && s.queue[0].after < s.next {
		items = append(items, s.queue[0])
		s.bytes -= len(s.queue[0].line.Bytes) + itemCost
		s.queue = s.queue[1:]
	}
	to = s.head + 1
	if len(s.queue) > 0 {
		to = s.queue[0].after + 1 // an answer keeps its place among the events
	}
	return items, s.next, to, nil
}
