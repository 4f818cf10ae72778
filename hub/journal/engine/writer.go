package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/hub/journal"
)

// Kind says what a Request asks for.
type Kind uint8

// The kinds of request that an engine is asked to write.
const (
	Claim    Kind = iota // raise the partition's epoch by one and tell it in Epoch
	Append               // write Request.Append
	Snapshot             // write Request.Snapshot
	Probe                // write something that changes nothing, as durably as an append
	Index                // list some more events of the session of Request.Append
	barrier              // nothing: it resolves when all before it are resolved
)

// Request is one thing that waits to be written. A Claim's Epoch is set by the
// engine; a Probe and an Index have no owner; any other request is refused with
// journal.ErrFenced unless its Epoch is the partition's newest.
type Request struct {
	Kind      Kind
	Partition journal.Partition
	Epoch     uint64
	Append    journal.Append
	Snapshot  journal.Snapshot
	Err       error // set by the engine when it refuses this request alone

	writer *writer   // nil for a claim
	since  time.Time // when it began to wait
	commit *journal.Commit
}

// bytes is about what the request keeps in memory.
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

// refuse makes the request one that is resolved in its turn, and never written.
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

func (w *writer) Append(a journal.Append) *journal.Commit {
	r := w.request(Append, a.Session)
	if r.Err == nil {
		r.Append = a
	}
	return w.committer.add(r)
}

func (w *writer) PutSnapshot(s journal.Snapshot) *journal.Commit {
	r := w.request(Snapshot, s.Session)
	if r.Err == nil {
		r.Snapshot = s
	}
	return w.committer.add(r)
}

// Release gives the partition up. It returns early, with ctx's error, when ctx
// ends; what was appended is resolved all the same.
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

func (w *writer) request(kind Kind, id journal.SessionID) *Request {
	r := &Request{Kind: kind, Partition: w.partition, Epoch: w.epoch, writer: w}
	if kind != barrier && id.Partition() != w.partition {
		r.refuse(fmt.Errorf("%w: session %s belongs to partition %d, not to %d",
			journal.ErrFenced, id, id.Partition(), w.partition))
	}
	return r
}
