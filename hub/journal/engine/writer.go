package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/hub/journal"
)

// Kind is the kind of a [Request].
type Kind uint8

// The kinds of requests.
const (
	Claim    Kind = iota // increment the partition's epoch and return it in Request.Epoch
	Append               // write Request.Append
	Snapshot             // write Request.Snapshot
	Probe                // write without changing anything, as durably as an append
	Index                // index further events of the session that Request.Append names
	barrier              // not passed to the engine: it resolves after all earlier requests
)

// Request is one write for an engine to carry out. The engine refuses an Append or a
// Snapshot with [journal.ErrFenced] unless its Epoch is the partition's newest.
type Request struct {
	Kind      Kind              // what to write
	Partition journal.Partition // of a Claim, an Append or a Snapshot
	Epoch     uint64            // of the writer; set by the engine for a Claim
	Append    journal.Append    // of an Append; an Index only sets its Session
	Snapshot  journal.Snapshot  // of a Snapshot
	Err       error             // set by the engine if it refuses only this request

	writer *writer   // nil for a Claim, a Probe and an Index
	since  time.Time // when it began to wait
	commit *journal.Commit
}

// bytes returns about how much memory the request uses.
func (r *Request) bytes() int {
	n := len(r.Append.Summary.Resource) + len(r.Snapshot.State)
	for _, name := range r.Append.Awaited {
		n += len(name)
	}
	for i := range r.Append.Records {
		n += len(r.Append.Records[i].Public) + len(r.Append.Records[i].Private)
	}
	return n
}

// refuse makes the request resolve with err in its turn, without being written.
func (r *Request) refuse(err error) {
	r.Err = err
	r.Append, r.Snapshot = journal.Append{}, journal.Snapshot{}
}

// writer implements journal.Writer for every engine.
type writer struct {
	// immutable
	committer *Committer
	partition journal.Partition
	epoch     uint64

	// guarded by committer.mu
	released bool
}

// Append implements [journal.Writer].
func (w *writer) Append(a journal.Append) *journal.Commit {
	r := w.request(Append, a.Session)
	if r.Err == nil {
		r.Append = a
	}
	return w.committer.add(r)
}

// PutSnapshot implements [journal.Writer].
func (w *writer) PutSnapshot(s journal.Snapshot) *journal.Commit {
	r := w.request(Snapshot, s.Session)
	if r.Err == nil {
		r.Snapshot = s
	}
	return w.committer.add(r)
}

// Release implements [journal.Writer].
func (w *writer) Release(ctx context.Context) error {
	w.committer.mu.Lock()
	w.released = true
	w.committer.mu.Unlock()
	commit := w.committer.add(w.request(barrier, journal.SessionID{}))
	select {
	case <-commit.Done():
	case <-ctx.Done():
		return fmt.Errorf("release partition %d: %w", w.partition, ctx.Err())
	}
	if err := commit.Err(); err != nil && !errors.Is(err, journal.ErrClosed) {
		return fmt.Errorf("release partition %d: %w", w.partition, err)
	}
	return nil
}

// request returns a request of the writer. It is refused if the session belongs to
// another partition.
func (w *writer) request(kind Kind, id journal.SessionID) *Request {
	r := &Request{Kind: kind, Partition: w.partition, Epoch: w.epoch, writer: w}
	if kind != barrier && id.Partition() != w.partition {
		r.refuse(fmt.Errorf("%w: session %s belongs to partition %d, not to %d",
			journal.ErrFenced, id, id.Partition(), w.partition))
	}
	return r
}
