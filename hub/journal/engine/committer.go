package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"parley/hub/journal"
)

// Bounds of one batch. A batch is as large as that or a single request.
const (
	maxBatchRequests = 1024
	maxBatchBytes    = 8 << 20
)

// Bounds of what is waiting. They are far above what sessions that bound their
// own pipelines have under way together; they keep a store that hangs from
// taking all memory.
const (
	maxWaitingRequests = 64 << 10
	maxWaitingBytes    = 256 << 20
)

// Committer collects what all writers of an engine have waiting, and hands it
// to the engine in batches. Its methods are safe for concurrent use.
type Committer struct {
	// immutable
	write func([]*Request) error
	wake  chan struct{} // sent to by add and Close when run may be waiting for that; one is enough to say "look"
	ended chan struct{} // closed by run when it has ended

	// owned by run
	batch []*Request // what write is called with; reused

	// guarded by mu
	mu      sync.Mutex
	pace    *pace
	until   time.Time  // when gather looks again unless it is woken; zero while it does not wait
	waiting []*Request // in the order of arrival; add says what happens when it is full
	bytes   int        // of waiting
	events  int        // of waiting
	closing bool       // Close was called: nothing new is accepted
	stopped bool       // run takes nothing from waiting any more
}

// NewCommitter starts a committer for an engine. It calls write from one
// goroutine, with at least one request. write sets Err on each request that it
// refuses by itself and Epoch on each claim, and returns nil when all others
// are durable, or an error when none of the batch is, or may not be. No request waits
// for others longer than limit before its batch may begin; with 0, none waits.
func NewCommitter(write func([]*Request) error, limit time.Duration) *Committer {
	c := &Committer{
		write: write,
		pace:  newPace(limit),
		wake:  make(chan struct{}, 1),
		ended: make(chan struct{}),
	}
	go c.run()
	return c
}

// Own claims a partition. When ctx ends first the claim may still take effect
// and fence the writer before.
func (c *Committer) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	if p >= journal.Partitions {
		return nil, fmt.Errorf("own partition %d: there are %d", p, journal.Partitions)
	}
	claim := &Request{Kind: Claim, Partition: p}
	commit := c.add(claim)
	select {
	case <-commit.Done():
	case <-ctx.Done():
		return nil, fmt.Errorf("own partition %d: %w", p, ctx.Err())
	}
	if err := commit.Err(); err != nil {
		return nil, fmt.Errorf("own partition %d: %w", p, err)
	}
	return &writer{committer: c, partition: p, epoch: claim.Epoch}, nil
}

// Probe tells whether the engine can write now: an append that changes nothing.
func (c *Committer) Probe() *journal.Commit { return c.add(&Request{Kind: Probe}) }

// Index lists some more events of a session that an earlier version began.
func (c *Committer) Index(id journal.SessionID) *journal.Commit {
	return c.add(&Request{Kind: Index, Append: journal.Append{Session: id}})
}

// Close refuses new requests, waits until those that are waiting are resolved,
// and ends the committer. It may be called again.
func (c *Committer) Close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.signal()
	<-c.ended
}

// add lets r wait for its turn. A request that cannot be accepted waits as
// well, without its payload, so that commits resolve in order.
func (c *Committer) add(r *Request) *journal.Commit {
	r.commit, r.since = journal.NewCommit(), time.Now()
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		r.commit.Resolve(journal.ErrClosed)
		return r.commit
	}
	size := r.bytes()
	switch {
	case c.closing, r.writer != nil && r.writer.released && r.Kind != barrier:
		r.refuse(journal.ErrClosed)
	case len(c.waiting) >= maxWaitingRequests, c.bytes > 0 && c.bytes+size > maxWaitingBytes:
		r.refuse(fmt.Errorf("%w: too much is waiting to be written", journal.ErrUnavailable))
	}
	c.bytes += r.bytes()
	c.events += len(r.Append.Records)
	c.waiting = append(c.waiting, r)
	c.pace.arrives(r, r.since)
	awaited := len(c.waiting) == 1 || c.next().Before(c.until)
	c.mu.Unlock()
	if awaited {
		c.signal()
	}
	return r.commit
}

func (c *Committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Committer) run() {
	defer close(c.ended)
	for {
		runtime.Gosched() // let goroutines that are about to add a request do so: one transaction instead of two
		c.gather()
		batch, more := c.take()
		if !more {
			return
		}
		if len(batch) == 0 {
			<-c.wake
			continue
		}
		c.commit(batch)
	}
}

// take removes the next batch from what is waiting; it is empty when nothing
// is. more is false when nothing will ever come again.
func (c *Committer) take() (batch []*Request, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.waiting = nil
		c.stopped = c.closing
		return nil, !c.stopped
	}
	n, size := 1, c.waiting[0].bytes()
	c.events -= len(c.waiting[0].Append.Records)
	for n < len(c.waiting) && n < maxBatchRequests {
		next := c.waiting[n].bytes()
		if size+next > maxBatchBytes {
			break
		}
		size += next
		c.events -= len(c.waiting[n].Append.Records)
		n++
	}
	batch, c.waiting = c.waiting[:n:n], c.waiting[n:]
	c.bytes -= size
	c.pace.begins(batch, time.Now())
	c.until = time.Time{}
	return batch, true
}

// commit writes what the engine has to see of the batch, and resolves all.
func (c *Committer) commit(batch []*Request) {
	began, took := time.Now(), time.Duration(0)
	c.batch = c.batch[:0]
	for _, r := range batch {
		if r.Err == nil && r.Kind != barrier {
			c.batch = append(c.batch, r)
		}
	}
	if len(c.batch) > 0 {
		if err := c.write(c.batch); err != nil {
			err = commitError(err)
			for _, r := range c.batch {
				r.Err = err
			}
		} else if c.batch[0].Kind == Append {
			took = time.Since(began)
		}
	}
	c.finished(took)
	for _, r := range batch {
		r.commit.Resolve(r.Err)
	}
	// Nothing of what was written is kept from being collected.
	clear(c.batch)
	clear(batch)
}

// finished tells the pace that a batch is done, which took so long; 0 if it was not
// one to learn from.
func (c *Committer) finished(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace.ends(took, time.Now())
}

// commitError makes sure that callers find one of hub's errors in err.
func commitError(err error) error {
	for _, known := range []error{journal.ErrFull, journal.ErrUnavailable, journal.ErrClosed, journal.ErrFenced} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", journal.ErrUnavailable, err)
}
