package feed

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"parley/hub/internal/background"
	"parley/protocol"
)

// backlogs counts what waits for all connections together. Each connection has a limit of
// its own, but very many connections that do not read would exhaust the memory. When they
// exceed the common limit together, the slowest are closed; their clients resume with
// their cursors, like any client that was too slow.
type backlogs struct {
	// immutable
	limit    int64
	refused  func(protocol.Limit) // counts the connections that are ended
	exceeded chan struct{}        // add sends, run receives; capacity one, see background.Notify; never closed

	held atomic.Int64 // bytes

	// guarded by mu
	mu  sync.Mutex
	all map[holder]struct{} // bounded by the number of connections
}

// holder is a connection that may hold memory.
type holder interface {
	// holding returns how much memory ending the connection frees.
	holding() holding
	// cutOff ends the connection to free memory. It does not block.
	cutOff()
}

// holding is what one connection holds.
type holding struct {
	bytes int
	since time.Time // when the connection began to hold something, or last took something
}

func newBacklogs(limit int, refused func(protocol.Limit)) *backlogs {
	return &backlogs{limit: int64(limit), refused: refused, exceeded: make(chan struct{}, 1), all: map[holder]struct{}{}}
}

// enter adds a connection.
func (b *backlogs) enter(h holder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all[h] = struct{}{}
}

// count returns the number of connections.
func (b *backlogs) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.all)
}

// leave removes a connection, which holds nothing any more.
func (b *backlogs) leave(h holder) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.all, h)
}

// add counts how many bytes more a connection holds, or how many fewer.
func (b *backlogs) add(bytes int) {
	if bytes != 0 && b.held.Add(int64(bytes)) > b.limit && bytes > 0 {
		background.Notify(b.exceeded)
	}
}

// run cuts connections off whenever the limit is exceeded, until ctx ends.
func (b *backlogs) run(ctx context.Context, log *zap.Logger) {
	for {
		select {
		case <-b.exceeded:
		case <-ctx.Done():
			return
		}
		if n := b.cutOffSlowest(); n > 0 {
			log.Warn("too much waits for clients that do not read; the slowest are disconnected",
				zap.Int("connections", n), zap.Int64("limitBytes", b.limit))
		}
	}
}

// cutOffSlowest ends the connections that have taken nothing for longest, until
// the others are within the limit. It returns how many it has ended. Connections
// that hold less than the average come last: ending them frees little.
func (b *backlogs) cutOffSlowest() (ended int) {
	holders, total := b.holders()
	average := total / max(1, len(holders))
	slices.SortFunc(holders, func(x, y heldBy) int {
		xLittle, yLittle := x.bytes < average, y.bytes < average
		switch {
		case xLittle == yLittle:
			return x.since.Compare(y.since)
		case xLittle:
			return 1
		}
		return -1
	})
	for _, h := range holders {
		if total <= int(b.limit) {
			break
		}
		h.holder.cutOff()
		b.refused(protocol.LimitOutbound)
		total -= h.bytes
		ended++
	}
	return ended
}

// heldBy is what a connection holds, with the connection.
type heldBy struct {
	holding
	holder holder
}

// holders returns the connections that hold something.
func (b *backlogs) holders() (all []heldBy, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for h := range b.all {
		if held := h.holding(); held.bytes > 0 {
			all = append(all, heldBy{held, h})
			total += held.bytes
		}
	}
	return all, total
}
