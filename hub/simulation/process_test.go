package simulation

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"parley/hub"
)

// process is one life of the server: a hub, and the journal as that hub sees
// it. When it is killed nothing that it does counts any more: its journal fails,
// its agents are gone and nobody hears it. Its goroutines are ended beside.
type process struct {
	// immutable
	n    int
	disk *disk
	hub  *hub.Hub
	gone chan struct{} // closed when the hub has stopped

	replaced atomic.Bool // by another one, which has fenced it

	dead bool // guarded by disk.mu
}

// start begins a process on what is on the disk. The one before may still run,
// but no other.
func (r *run) start() {
	for _, p := range r.processes[:max(0, len(r.processes)-1)] {
		r.kill(p)
	}
	time.Sleep(time.Millisecond) // two that decide the same thing at the same time cannot be told apart
	p := &process{n: len(r.processes) + 1, disk: r.disk, gone: make(chan struct{})}
	p.hub = hub.New(p, &launcher{r, p}, hub.Key{1}, r.options)
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

// now is the process that serves.
func (r *run) now() *process { return r.processes[len(r.processes)-1] }

// kill ends a process without warning.
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

// stop ends the hub. Nobody may be kept waiting for longer than an agent has.
func (p *process) stop() {
	defer close(p.gone)
	_ = p.hub.Stop(context.Background())
}

// retire stops a process in order, as long as that takes.
func (r *run) retire(p *process) {
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

// Own implements hub.Journal.
func (p *process) Own(ctx context.Context, partition hub.Partition) (hub.Writer, error) {
	w, err := p.disk.store.Own(ctx, partition)
	return &writer{w, p}, err
}

// writer is a process' access to one partition.
type writer struct {
	hub.Writer
	process *process
}

// Append implements hub.Writer.
func (w *writer) Append(a hub.Append) *hub.Commit {
	return w.process.disk.add(&write{
		by:     w.process,
		place:  place{session: a.Session, prev: a.Prev},
		append: true,
		do:     func() error { return w.Writer.Append(a).Err() },
		commit: hub.NewCommit(),
	})
}

// PutSnapshot implements hub.Writer.
func (w *writer) PutSnapshot(s hub.Snapshot) *hub.Commit {
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
		commit: hub.NewCommit(),
	})
}

// Release implements hub.Writer. The disk lets go of nothing by itself, so
// there is nothing to wait for.
func (w *writer) Release(context.Context) error { return nil }

// Read implements hub.Journal.
func (p *process) Read(ctx context.Context, id hub.SessionID, from hub.Seq) iter.Seq2[hub.Record, error] {
	return func(yield func(hub.Record, error) bool) {
		left, err := p.disk.read(p, place{id, from, true})
		if err != nil {
			yield(hub.Record{}, err)
			return
		}
		for r, err := range p.disk.store.Read(ctx, id, from) {
			if left--; left == -1 {
				r, err = hub.Record{}, fmt.Errorf("%w: the disk cannot be read", hub.ErrUnavailable)
			}
			if !yield(p.disk.flaw.forget(r), err) || left == -1 {
				return
			}
		}
	}
}

func (p *process) reading(id hub.SessionID) error {
	left, err := p.disk.read(p, place{id, 0, true})
	if err == nil && left >= 0 {
		err = hub.ErrUnavailable
	}
	return err
}

// Listed implements hub.Journal.
func (p *process) Listed(ctx context.Context, id hub.SessionID, from hub.Seq, limit int) ([]hub.Seq, error) {
	if err := p.reading(id); err != nil {
		return nil, err
	}
	return p.disk.store.Listed(ctx, id, from, limit)
}

// Entry implements hub.Journal.
func (p *process) Entry(ctx context.Context, id hub.SessionID, of hub.Subject, subjectID string) (hub.Entry, error) {
	if err := p.reading(id); err != nil {
		return hub.Entry{}, err
	}
	return p.disk.store.Entry(ctx, id, of, subjectID)
}

// Entries implements hub.Journal.
func (p *process) Entries(ctx context.Context, id hub.SessionID, of hub.Subject, from hub.Seq, backward bool, limit int) ([]hub.Entry, error) {
	if err := p.reading(id); err != nil {
		return nil, err
	}
	return p.disk.store.Entries(ctx, id, of, from, backward, limit)
}

// Events implements hub.Journal.
func (p *process) Events(ctx context.Context, id hub.SessionID, numbers []hub.Seq) ([]hub.Record, error) {
	if err := p.reading(id); err != nil {
		return nil, err
	}
	return p.disk.store.Events(ctx, id, numbers)
}

// Head implements hub.Journal.
func (p *process) Head(ctx context.Context, id hub.SessionID) (hub.Head, error) {
	if err := p.reading(id); err != nil {
		return hub.Head{}, err
	}
	return p.disk.store.Head(ctx, id)
}

// Snapshot implements hub.Journal.
func (p *process) Snapshot(ctx context.Context, id hub.SessionID) (hub.Snapshot, error) {
	if err := p.reading(id); err != nil {
		return hub.Snapshot{}, err
	}
	if p.disk.flaw.forgets() {
		return hub.Snapshot{}, hub.ErrNotFound
	}
	return p.disk.store.Snapshot(ctx, id)
}

// Summary implements hub.Journal.
func (p *process) Summary(ctx context.Context, id hub.SessionID) (hub.Summary, error) {
	if err := p.reading(id); err != nil {
		return hub.Summary{}, err
	}
	return p.disk.store.Summary(ctx, id)
}

// List implements hub.Journal.
func (p *process) List(ctx context.Context, f hub.Filter) ([]hub.Summary, error) {
	if err := p.reading(hub.SessionID{}); err != nil {
		return nil, err
	}
	return p.disk.store.List(ctx, f)
}

// Due implements hub.Journal.
func (p *process) Due(ctx context.Context, before time.Time, limit int) ([]hub.Summary, error) {
	if err := p.reading(hub.SessionID{}); err != nil {
		return nil, err
	}
	return p.disk.store.Due(ctx, before, limit)
}

// Ready implements hub.Journal.
func (p *process) Ready(context.Context) error { return p.reading(hub.SessionID{}) }

// Close implements hub.Journal.
func (p *process) Close() error { return nil }
