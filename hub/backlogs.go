package hub

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// backlogs is what waits for all connections together. Each has a bound of its
// own, but very many that do not read would hold more than there is. When they do,
// those that hold most are ended; they come back with their cursors, as any that
// was too slow.
type backlogs struct {
	limit int64         // immutable
	over  chan struct{} // sent to when the limit is passed; holds one, since one look finds all
	held  atomic.Int64

	// guarded by mu
	mu  sync.Mutex
	all map[holding]struct{}
}

// holding is a connection that may hold something.
type holding interface {
	holds() holder
	// endTooSlow ends the connection for the sake of others. It does not wait.
	endTooSlow()
}

func newBacklogs(limit int) *backlogs {
	return &backlogs{limit: int64(limit), over: make(chan struct{}, 1), all: map[holding]struct{}{}}
}

func (b *backlogs) enter(h holding) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all[h] = struct{}{}
}

func (b *backlogs) leave(h holding) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.all, h)
}

// add counts what a connection holds more than before, or less.
func (b *backlogs) add(bytes int) {
	if bytes != 0 && b.held.Add(int64(bytes)) > b.limit && bytes > 0 {
		signal(b.over)
	}
}

// relieve ends connections while more is held than the limit. It is a worker of
// the hub's.
func (b *backlogs) relieve(ctx context.Context, log *zap.Logger) {
	for {
		select {
		case <-b.over:
		case <-ctx.Done():
			return
		}
		if n := b.endSlowest(); n > 0 {
			log.Warn("too much waits for clients that do not read; the slowest are disconnected",
				zap.Int("connections", n), zap.Int64("limitBytes", b.limit))
		}
	}
}

// endSlowest ends the connections that have been written to for longest, until
// what the others hold is within the limit. Those that hold less than most do are
// left for last: ending them frees little.
func (b *backlogs) endSlowest() (ended int) {
	holders, total := b.holders()
	for i := range holders {
		holders[i].little = holders[i].bytes < total/len(holders)
	}
	slices.SortFunc(holders, func(x, y holder) int {
		switch {
		case x.little == y.little:
			return x.since.Compare(y.since)
		case x.little:
			return 1
		}
		return -1
	})
	for _, h := range holders {
		if total <= int(b.limit) {
			break
		}
		h.of.endTooSlow()
		total -= h.bytes
		ended++
	}
	return ended
}

// holder is a connection that holds something.
type holder struct {
	of     holding
	bytes  int
	since  time.Time // when it began to hold it, or last took something
	little bool
}

func (b *backlogs) holders() (all []holder, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for each := range b.all {
		if h := each.holds(); h.bytes > 0 {
			all = append(all, h)
			total += h.bytes
		}
	}
	return all, total
}

// holds is what the connection holds that can be had back by ending it. What was
// ended already is about to be let go of.
func (s *Subscription) holds() holder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cutOff {
		return holder{}
	}
	return holder{of: s, bytes: s.counted, since: s.since}
}

// endTooSlow implements holding. A connection that is being written to is broken
// off, since it would be told only when it has read.
func (s *Subscription) endTooSlow() {
	s.mu.Lock()
	s.tooSlow()
	s.cutOff = true
	sink := s.sink
	s.mu.Unlock()
	sink.Cut()
}

// count tells the budget what the connection holds now: what is in the queue, and
// what it was given and has not written yet, which is there twice, as lines and as
// they are written. It is called with mu held.
func (s *Subscription) count() {
	n := s.bytes + 2*s.writing
	if s.gone {
		n = 0
	}
	if s.counted == 0 && n > 0 {
		s.since = time.Now()
	}
	s.hub.backlogs.add(n - s.counted)
	s.counted = n
}

// writes counts the lines that Take returns, until it is called again.
func (s *Subscription) writes(lines []Line) {
	bytes := 0
	for _, l := range lines {
		bytes += len(l.Bytes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = bytes
	if s.count(); s.counted > 0 {
		s.since = time.Now()
	}
}

// tooSlow ends the subscription of a client that does not keep up.
func (s *Subscription) tooSlow() {
	s.queue, s.bytes = nil, 0
	s.count()
	if s.closed == nil {
		s.closed = &Closed{protocol.CloseTooSlow, "the connection is too slow; come back with your cursor"}
	}
	s.wake()
}
