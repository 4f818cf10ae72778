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

// Bounds of one batch. A single request may exceed maxBatchBytes.
const (
	maxBatchRequests = 1024
	maxBatchBytes    = 8 << 20
)

// Bounds of the waiting requests. Sessions bound their own pipelines, so that
// together they stay far below. The bounds keep memory use finite while the store
// hangs.
const (
	maxWaitingRequests = 64 << 10
	maxWaitingBytes    = 256 << 20
)

// Committer collects the requests of all writers of an engine, and passes them to
// the engine in batches. Its methods are safe for concurrent use.
type Committer struct {
	// immutable
	write func([]*Request) error
	wake  chan struct{} // sent to by add and Close, received by run, never closed; capacity 1, since one signal is enough
	ended chan struct{} // closed by run when it ends, never sent to

	// owned by run
	batch []*Request // the argument of write; reused

	mu sync.Mutex

	// guarded by mu
	pace    *pace
	until   time.Time  // when gather checks again unless it is woken; zero while it does not wait
	waiting []*Request // in order of arrival; add refuses requests when it is full
	bytes   int        // size of waiting
	events  int        // number of events in waiting
	closing bool       // Close was called: new requests are refused
	stopped bool       // run takes no more requests from waiting
}

// NewCommitter starts a committer for an engine; [Committer.Close] ends it. It calls
// write from one goroutine, with at least one request. write sets Request.Err for
// each request that it refuses and Request.Epoch for each claim. It returns nil if
// the other requests are durable, and an error if none of the batch is, or may not
// be. limit is the maximum time that a request waits for others before its batch may
// begin; with 0, none waits.
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

// Own claims a partition; see [journal.Journal]. If ctx ends first, Own returns its
// error, and the claim may still take effect.
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

// Probe makes a request that changes nothing. Its commit tells whether the engine can
// write now.
func (c *Committer) Probe() *journal.Commit { return c.add(&Request{Kind: Probe}) }

// Index makes a request to index further events of a session that an earlier version
// began.
func (c *Committer) Index(id journal.SessionID) *journal.Commit {
	return c.add(&Request{Kind: Index, Append: journal.Append{Session: id}})
}

// Close refuses new requests with [journal.ErrClosed], waits until all earlier ones
// have resolved, and ends the committer. It may be called again.
func (c *Committer) Close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.signal()
	<-c.ended
}

// add queues a request. A refused request waits for its turn as well, without its
// payload, so that commits resolve in order.
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
		r.refuse(fmt.Errorf("%w: too many writes are waiting for the disk", journal.ErrUnavailable))
	}
	c.bytes += r.bytes()
	c.events += len(r.Append.Records)
	c.waiting = append(c.waiting, r)
	c.pace.arrive(r, r.since)
	isUrgent := len(c.waiting) == 1 || c.next().Before(c.until)
	c.mu.Unlock()
	if isUrgent {
		c.signal()
	}
	return r.commit
}

// signal wakes run.
func (c *Committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Committer) run() {
	defer close(c.ended)
	for {
		runtime.Gosched() // lets concurrent senders join this batch
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

// take removes the next batch from the waiting requests; it is empty if none waits.
// more is false if no further request will arrive.
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
	c.pace.begin(batch, time.Now())
	c.until = time.Time{}
	return batch, true
}

// commit passes the requests of a batch to the engine, except refused ones and
// barriers, and resolves all of them.
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
	c.endBatch(took)
	for _, r := range batch {
		r.commit.Resolve(r.Err)
	}
	// Release the requests to the garbage collector.
	clear(c.batch)
	clear(batch)
}

// endBatch reports the end of a batch to the pace. took is 0 if the duration says
// nothing about other batches.
func (c *Committer) endBatch(took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace.end(took, time.Now())
}

// commitError returns an error that wraps err and one of the journal's errors.
func commitError(err error) error {
	for _, known := range []error{journal.ErrFull, journal.ErrUnavailable, journal.ErrClosed, journal.ErrFenced} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", journal.ErrUnavailable, err)
}
