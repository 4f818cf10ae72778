package simulation

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"parley/hub"
	"parley/hub/journal"
	"parley/hub/rules"
)

// process is one life of the server: a hub, and the journal as that hub sees it. Once it
// is killed, nothing that it does counts: its journal fails, its agents end, and clients
// ignore it. The hub is then stopped in the background.
type process struct {
	// immutable
	n    int
	disk *disk
	hub  *hub.Hub
	gone chan struct{} // closed by stop when the hub has stopped, never sent to

	replaced atomic.Bool // another process has taken over

	dead bool // guarded by disk.mu
}

// start starts a process on the disk. The one before may still run, but no other.
func (r *run) start() {
	for _, p := range r.processes[:max(0, len(r.processes)-1)] {
		r.kill(p)
	}
	time.Sleep(time.Millisecond) // events that two servers decide at the same time could not be told apart
	p := &process{n: len(r.processes) + 1, disk: r.disk, gone: make(chan struct{})}
	p.hub = hub.New(p, &launcher{r, p}, rules.Key{1}, r.options)
	r.mu.Lock()
	if len(r.processes) > 0 {
		r.now().replaced.Store(true)
	}
	r.processes = append(r.processes, p)
	r.mu.Unlock()
	if err := p.hub.Start(context.Background()); err != nil {
		r.violation("process %d does not start: %v", p.n, err)
	}
}

// now returns the current process.
func (r *run) now() *process { return r.processes[len(r.processes)-1] }

// kill kills a process.
func (r *run) kill(p *process) {
	if !r.disk.kill(p) {
		return
	}
	r.endAgents(p)
	for _, c := range r.connectionsTo(p) {
		r.drop(c)
	}
	go p.stop()
}

// stop stops the hub, in a goroutine that close waits for. It must not take longer than
// stopping the agents.
func (p *process) stop() {
	defer close(p.gone)
	_ = p.hub.Stop(context.Background())
}

// shutDown stops a process gracefully.
func (r *run) shutDown(p *process) {
	go p.stop()
	select {
	case <-p.gone:
	case <-time.After(time.Hour):
		r.violation("process %d does not stop", p.n)
	}
	r.disk.mu.Lock()
	p.dead = true
	r.disk.mu.Unlock()
	r.endAgents(p)
	for _, c := range r.connectionsTo(p) {
		r.drop(c)
	}
}

// Own implements [journal.Journal].
func (p *process) Own(ctx context.Context, partition journal.Partition) (journal.Writer, error) {
	w, err := p.disk.store.Own(ctx, partition)
	return &writer{w, p}, err
}

// writer is the writer of a process for one partition.
type writer struct {
	journal.Writer
	process *process
}

// Append implements [journal.Writer].
func (w *writer) Append(a journal.Append) *journal.Commit {
	return w.process.disk.add(&write{
		by:     w.process,
		place:  place{session: a.Session, prev: a.Prev},
		append: true,
		do:     func() error { return w.Writer.Append(a).Err() },
		commit: journal.NewCommit(),
	})
}

// PutSnapshot implements [journal.Writer].
func (w *writer) PutSnapshot(s journal.Snapshot) *journal.Commit {
	d := w.process.disk
	d.mu.Lock()
	if !w.process.dead {
		d.snapshots = append(d.snapshots, s)
	}
	d.mu.Unlock()
	return d.add(&write{
		by:     w.process,
		place:  place{session: s.Session, prev: s.Head.Seq},
		do:     func() error { return w.Writer.PutSnapshot(s).Err() },
		commit: journal.NewCommit(),
	})
}

// Release implements [journal.Writer]. It does not wait, since waiting writes only resolve
// in later steps.
func (w *writer) Release(context.Context) error { return nil }

// Read implements [journal.Journal].
func (p *process) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		left, err := p.disk.read(p, place{id, from, true})
		if err != nil {
			yield(journal.Record{}, err)
			return
		}
		for r, err := range p.disk.store.Read(ctx, id, from) {
			if left--; left == -1 {
				r, err = journal.Record{}, fmt.Errorf("%w: the disk fails", journal.ErrUnavailable)
			}
			if !yield(p.disk.flaw.forget(r), err) || left == -1 {
				return
			}
		}
	}
}

// tryRead calls read, or fails as the disk's faults say.
func tryRead[T any](p *process, id journal.SessionID, read func() (T, error)) (T, error) {
	left, err := p.disk.read(p, place{id, 0, true})
	if err == nil && left >= 0 {
		err = journal.ErrUnavailable
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return read()
}

// Listed implements [journal.Journal].
func (p *process) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	return tryRead(p, id, func() ([]journal.Seq, error) { return p.disk.store.Listed(ctx, id, from, limit) })
}

// Entry implements [journal.Journal].
func (p *process) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	return tryRead(p, id, func() (journal.Entry, error) { return p.disk.store.Entry(ctx, id, of, subjectID) })
}

// Entries implements [journal.Journal].
func (p *process) Entries(ctx context.Context, id journal.SessionID, of journal.Subject, from journal.Seq, backward bool, limit int) ([]journal.Entry, error) {
	return tryRead(p, id, func() ([]journal.Entry, error) { return p.disk.store.Entries(ctx, id, of, from, backward, limit) })
}

// Events implements [journal.Journal].
func (p *process) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	return tryRead(p, id, func() ([]journal.Record, error) { return p.disk.store.Events(ctx, id, numbers) })
}

// Head implements [journal.Journal].
func (p *process) Head(ctx context.Context, id journal.SessionID) (journal.Head, error) {
	return tryRead(p, id, func() (journal.Head, error) { return p.disk.store.Head(ctx, id) })
}

// Snapshot implements [journal.Journal].
func (p *process) Snapshot(ctx context.Context, id journal.SessionID) (journal.Snapshot, error) {
	return tryRead(p, id, func() (journal.Snapshot, error) {
		if p.disk.flaw.forgets() {
			return journal.Snapshot{}, journal.ErrNotFound
		}
		return p.disk.store.Snapshot(ctx, id)
	})
}

// Summary implements [journal.Journal].
func (p *process) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	return tryRead(p, id, func() (journal.Summary, error) { return p.disk.store.Summary(ctx, id) })
}

// List implements [journal.Journal].
func (p *process) List(ctx context.Context, f journal.Filter) ([]journal.Summary, error) {
	return tryRead(p, journal.SessionID{}, func() ([]journal.Summary, error) { return p.disk.store.List(ctx, f) })
}

// Count implements [journal.Journal].
func (p *process) Count(ctx context.Context, f journal.Filter) (int, error) {
	return tryRead(p, journal.SessionID{}, func() (int, error) { return p.disk.store.Count(ctx, f) })
}

// Due implements [journal.Journal].
func (p *process) Due(ctx context.Context, before time.Time, limit int) ([]journal.Summary, error) {
	return tryRead(p, journal.SessionID{}, func() ([]journal.Summary, error) { return p.disk.store.Due(ctx, before, limit) })
}

// Ready implements [journal.Journal].
func (p *process) Ready(context.Context) error {
	_, err := tryRead(p, journal.SessionID{}, func() (struct{}, error) { return struct{}{}, nil })
	return err
}

// Close implements [journal.Journal].
func (p *process) Close() error { return nil }
