package hub

import (
	"context"
	"slices"
	"sync"

	"parley/protocol"
)

// Line is one line to send to a client.
type Line struct {
	Bytes  []byte // without a line end; shared with other connections, not to be changed
	Cursor string // of an event; empty for everything else
}

// Closed is why a subscription ended.
type Closed struct {
	Code   int // a close code of protocol, or 1000
	Reason string
}

func (c *Closed) Error() string { return c.Reason }

// Subscription is one connection's place in a session: it reads what the
// client has missed from the journal, at the client's pace, then passes over
// to what happens live, without a gap or a duplicate.
//
// Next, Opening and Send are for one goroutine each; Close may be called from
// anywhere, more than once.
type Subscription struct {
	// immutable
	hub        *Hub
	session    SessionID
	eventsOnly bool
	cursor     string // the client's, as it came

	// set when the session lets it in, then immutable
	participant string
	begin       Head // the newest event then

	// owned by Next and Opening
	opened bool
	resume string

	ready chan struct{} // sent to by the actor; holds one, since one look finds all

	// guarded by mu
	mu     sync.Mutex
	actor  *actor // nil until the session lets it in
	next   Seq    // the first event that is neither given out nor in the queue
	head   Seq    // the newest event that is durable
	live   bool   // events are put in the queue; until then they are read
	queue  []item
	bytes  int // of what is in the queue
	closed *Closed
}

// item is something that waits for the connection.
type item struct {
	line  Line
	make  func(context.Context) (Line, error) // instead of line: made when its turn comes
	after Seq                                 // the newest event before it
}

// itemCost is what an item counts beside its bytes.
const itemCost = 64

// letIn begins the subscription at the event that its welcome stands on. It
// returns false if the client has gone meanwhile.
func (s *Subscription) letIn(a *actor, participant string, at Head) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		return false
	}
	s.actor, s.participant = a, participant
	s.begin, s.head = at, at.Seq
	return true
}

// show offers an event that is durable. The actor calls it, in order. One that
// does not follow on the last, after the journal had failed, is read like what
// is missing before it. Who was shown out is shown nothing more.
func (s *Subscription) show(seq Seq, l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		return
	}
	s.head = seq
	if s.live = s.live && seq == s.next; s.live {
		s.next = seq + 1
		s.put(item{line: l, after: seq - 1})
	} else {
		signal(s.ready)
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

// hint offers something that may be dropped.
func (s *Subscription) hint(l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live && !s.eventsOnly && s.bytes < s.hub.options.MaxBacklog/2 {
		s.put(item{line: l, after: s.head})
	}
}

// put queues an item, or ends the subscription of a client that is too slow. An
// empty queue takes anything, so that a big event can always be had.
func (s *Subscription) put(i item) {
	if s.closed != nil {
		return
	}
	cost := len(i.line.Bytes) + itemCost
	if len(s.queue) > 0 && s.bytes+cost > s.hub.options.MaxBacklog {
		s.queue, s.bytes = nil, 0
		s.closed = &Closed{protocol.CloseTooSlow, "the connection is too slow; come back with your cursor"}
	} else {
		s.queue = append(s.queue, i)
		s.bytes += cost
	}
	signal(s.ready)
}

// end lets Next return a *Closed once everything before has been given.
func (s *Subscription) end(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed == nil {
		s.closed = &Closed{code, reason}
	}
	signal(s.ready)
}

// Close ends the subscription. What was not yet given out is dropped.
func (s *Subscription) Close() {
	s.end(closeNormal, "the connection is gone")
	s.mu.Lock()
	a := s.actor
	s.mu.Unlock()
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
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.resume == protocol.ResumeOK {
		c, err := protocol.ParseCursor(s.cursor)
		return c, s.resume, err
	}
	return protocol.NewCursor(uint64(s.begin.Seq), s.begin.Hash), s.resume, nil
}

// open decides by the client's cursor where to begin.
func (s *Subscription) open(ctx context.Context) error {
	next, resume, err := s.reader(ctx).begin(s.cursor, s.begin)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened, s.resume, s.next = true, resume, next
	return nil
}

func (s *Subscription) reader(ctx context.Context) reader {
	return reader{ctx: ctx, journal: s.hub.journal, session: s.session}
}

// Next waits for lines to send and returns all that are there, within limits.
// The first one is the welcome, unless the subscription is for events only. It
// returns ctx's error when ctx ends, and a *Closed when the subscription has
// ended.
func (s *Subscription) Next(ctx context.Context) ([]Line, error) {
	if !s.opened {
		if err := s.open(ctx); err != nil {
			return nil, err
		}
	}
	for {
		items, from, to, closed := s.poll()
		switch {
		case len(items) > 0:
			return s.lines(ctx, items)
		case from > 0:
			return s.replay(ctx, from, to)
		case closed != nil:
			return nil, closed
		default:
			select {
			case <-s.ready:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
}

// poll takes what is due: items of the queue, or else the events to read from
// the journal, to excluded, or else why the subscription has ended.
func (s *Subscription) poll() (items []item, from, to Seq, closed *Closed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next > s.head {
		s.live = true
	}
	if s.live {
		items = s.queue
		s.queue, s.bytes = nil, 0
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

// replay reads a piece of the journal.
func (s *Subscription) replay(ctx context.Context, from, to Seq) ([]Line, error) {
	lines, err := s.reader(ctx).lines(from, to, replayBytes)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = from + Seq(len(lines))
	return lines, nil
}

// replayBytes is how much is read from the journal at a time: enough to make
// the reading cheap, little enough to hold for many clients at once.
const replayBytes = 256 << 10

// lines makes the answers among items. One can be as large as answerBytes, so
// what comes behind replayBytes of them waits, unmade, for the next call.
func (s *Subscription) lines(ctx context.Context, items []item) ([]Line, error) {
	lines := make([]Line, 0, len(items))
	made := 0
	for n, i := range items {
		if i.make != nil {
			if made >= replayBytes {
				s.putBack(items[n:])
				break
			}
			l, err := i.make(ctx)
			if err != nil {
				return nil, err
			}
			i.line = l
			made += len(l.Bytes)
		}
		lines = append(lines, i.line)
	}
	return lines, nil
}

// putBack puts items in front of the queue that poll has just taken from it.
func (s *Subscription) putBack(items []item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil && s.closed.Code == protocol.CloseTooSlow {
		return // the queue behind them was dropped
	}
	for _, i := range items {
		s.bytes += len(i.line.Bytes) + itemCost
	}
	s.queue = slices.Concat(items, s.queue)
}
