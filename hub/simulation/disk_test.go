package simulation

import (
	"fmt"
	"sync"

	"parley/hub/journal"
	"parley/hub/journal/memory"
)

// disk outlives processes: a journal in memory, behind a layer that delays, fails and
// loses writes. What it does to an append depends on the seed, the session and the
// number of the event, but not on the order of requests. It is safe for concurrent use.
type disk struct {
	// immutable
	store *memory.Journal
	seed  uint64
	flaw  flaw

	// guarded by mu
	mu        sync.Mutex
	names     map[journal.SessionID]uint64 // small numbers in order of appearance, since ids are random
	tries     map[place]uint64
	waiting   []*write // in order of arrival
	faults    faults
	snapshots []journal.Snapshot // all that processes have written, even if the write failed
}

// faults is the current behaviour of the disk.
type faults struct {
	held       bool   // writes wait for release, or are lost with their process
	unwritten  uint64 // percentage of appends that fail without being written
	written    uint64 // percentage of appends that fail although they are written
	readErrors uint64 // percentage of reads that fail, at once or after some records
}

// place identifies an append or a read.
type place struct {
	session journal.SessionID
	prev    journal.Seq
	reading bool
}

// write is a call of a writer.
type write struct {
	by     *process
	place  place
	append bool // an append; otherwise a snapshot
	do     func() error
	commit *journal.Commit
}

func newDisk(seed uint64, f flaw) *disk {
	return &disk{store: memory.New(), seed: seed, flaw: f, names: map[journal.SessionID]uint64{}, tries: map[place]uint64{}}
}

// add executes a write, or lets it wait.
func (d *disk) add(w *write) *journal.Commit {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case w.by.dead:
		w.commit.Resolve(journal.ErrClosed)
	case d.faults.held:
		if d.flaw == flawAcknowledgesEarly {
			w.commit.Resolve(nil)
		}
		d.waiting = append(d.waiting, w)
	default:
		d.execute(w)
	}
	return w.commit
}

// execute writes, or fails as the faults say. A replaced server always learns the true
// outcome: both servers have the same clock, so events that both decide at the same time
// could not be told apart if the outcome were open.
func (d *disk) execute(w *write) {
	roll := d.roll(w.place, 100)
	var err error
	switch {
	case w.by.replaced.Load():
		err = w.do()
	case w.append && roll < d.faults.unwritten:
		err = pickOf(roll, journal.ErrFull, journal.ErrUnavailable)
	case w.append && roll < d.faults.unwritten+d.faults.written:
		if err = w.do(); err == nil {
			err = journal.ErrUnavailable
		}
	case w.append && d.flaw == flawLosesAppend && d.roll(w.place, 30) == 0:
	default:
		err = w.do()
	}
	select {
	case <-w.commit.Done(): // resolved early by flawAcknowledgesEarly
	default:
		w.commit.Resolve(err)
	}
}

func pickOf[T any](n uint64, from ...T) T { return from[n%uint64(len(from))] }

// roll returns a number below n that depends on the place and on how often it was used.
func (d *disk) roll(p place, n uint64) uint64 {
	name, known := d.names[p.session]
	if !known {
		name = uint64(len(d.names))
		d.names[p.session] = name
	}
	d.tries[p]++
	return hashOf(d.seed, name, uint64(p.prev), d.tries[p], p.reading) % n
}

// change sets the faults, and executes the waiting writes unless writes still wait.
func (d *disk) change(to faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = to
	if !d.faults.held {
		d.executeFirst(len(d.waiting))
	}
}

// release executes the oldest n waiting writes.
func (d *disk) release(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.executeFirst(min(n, len(d.waiting)))
}

func (d *disk) executeFirst(n int) {
	for _, w := range d.waiting[:n] {
		d.execute(w)
	}
	d.waiting = d.waiting[n:]
}

// kill ends a process. Each of its waiting writes is executed or lost. It returns false if
// the process had ended before.
func (d *disk) kill(p *process) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.dead {
		return false
	}
	p.dead = true
	var others []*write
	for _, w := range d.waiting {
		if w.by != p {
			others = append(others, w)
			continue
		}
		if d.roll(w.place, 2) == 0 {
			_ = w.do() // the store refuses a write that builds on a lost one
		}
		select {
		case <-w.commit.Done():
		default:
			w.commit.Resolve(journal.ErrClosed)
		}
	}
	d.waiting = others
	return true
}

// isDead reports whether a process was killed or has stopped, so that what it still does
// does not count.
func (d *disk) isDead(p *process) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return p.dead
}

// read returns after how many records a read fails; -1 for never.
func (d *disk) read(p *process, at place) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.dead {
		return 0, journal.ErrClosed
	}
	if d.faults.readErrors == 0 || d.roll(at, 100) >= d.faults.readErrors {
		return -1, nil
	}
	return int(d.roll(at, 4)), nil
}

func (d *disk) state() (faults, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.faults, len(d.waiting)
}

// hashOf mixes values by FNV-1a with a finalizer.
func hashOf(parts ...any) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(fmt.Sprint(parts...)) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
