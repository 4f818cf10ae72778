package simulation

import (
	"fmt"
	"sync"

	"parley/hub/journal"
	"parley/hub/journal/memory"
)

// disk is what outlives a process: a journal in memory, behind a layer that
// holds, fails and loses what processes write. What it does to an append is a
// function of the seed, the session and the number of the event, so that it
// does not depend on who comes first. It is safe for concurrent use.
type disk struct {
	// immutable
	store *memory.Journal
	seed  uint64
	flaw  flaw

	// guarded by mu
	mu        sync.Mutex
	names     map[journal.SessionID]uint64 // small numbers in order of appearance: ids are random
	tries     map[place]uint64
	waiting   []*write // in order of arrival
	weather   weather
	snapshots []journal.Snapshot // that were handed over, of whatever became of them
}

// weather is how the disk is today.
type weather struct {
	held      bool   // writes wait until they are let go, or lost in a crash
	unwritten uint64 // percent of appends that fail and leave nothing
	written   uint64 // percent of appends that are reported as failed, and are there
	misread   uint64 // percent of reads that fail, at once or half way
}

// place is where an append goes.
type place struct {
	session journal.SessionID
	prev    journal.Seq
	reading bool
}

// write is one call of a writer that waits for its turn.
type write struct {
	by     *process
	place  place
	append bool // or else a snapshot, which nobody waits for
	do     func() error
	commit *journal.Commit
}

func newDisk(seed uint64, f flaw) *disk {
	return &disk{store: memory.New(), seed: seed, flaw: f, names: map[journal.SessionID]uint64{}, tries: map[place]uint64{}}
}

// add carries a write out, or lets it wait.
func (d *disk) add(w *write) *journal.Commit {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case w.by.dead:
		w.commit.Resolve(journal.ErrClosed)
	case d.weather.held:
		if d.flaw == flawAcknowledgesEarly {
			w.commit.Resolve(nil)
		}
		d.waiting = append(d.waiting, w)
	default:
		d.carryOut(w)
	}
	return w.commit
}

// carryOut writes, or fails as the weather has it. A server that was replaced is
// always told so: it has the very same clock as the other, so what both decide
// at one time could not be told apart when the outcome is open.
func (d *disk) carryOut(w *write) {
	roll := d.roll(w.place, 100)
	var err error
	switch {
	case w.by.replaced.Load():
		err = w.do()
	case w.append && roll < d.weather.unwritten:
		err = pickOf(roll, journal.ErrFull, journal.ErrUnavailable)
	case w.append && roll < d.weather.unwritten+d.weather.written:
		if err = w.do(); err == nil {
			err = journal.ErrUnavailable
		}
	case w.append && d.flaw == flawLosesAppend && d.roll(w.place, 30) == 0:
	default:
		err = w.do()
	}
	select {
	case <-w.commit.Done(): // by the flaw of that name
	default:
		w.commit.Resolve(err)
	}
}

func pickOf[T any](n uint64, from ...T) T { return from[n%uint64(len(from))] }

// roll is a number below n that depends on the place and on how often it was
// tried.
func (d *disk) roll(p place, n uint64) uint64 {
	name, known := d.names[p.session]
	if !known {
		name = uint64(len(d.names))
		d.names[p.session] = name
	}
	d.tries[p]++
	return hashOf(d.seed, name, uint64(p.prev), d.tries[p], p.reading) % n
}

// change sets the weather. Nothing waits any more unless it is held.
func (d *disk) change(to weather) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.weather = to
	if !d.weather.held {
		d.letGo(len(d.waiting))
	}
}

// release carries out the oldest n that wait.
func (d *disk) release(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.letGo(min(n, len(d.waiting)))
}

func (d *disk) letGo(n int) {
	for _, w := range d.waiting[:n] {
		d.carryOut(w)
	}
	d.waiting = d.waiting[n:]
}

// kill ends a process: of what it has not been told of, each write is there or
// is not. It reports whether the process lived.
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
			_ = w.do() // one that builds on what was lost is refused by the store
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

// isDead reports whether what a process still does is of no account.
func (d *disk) isDead(p *process) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return p.dead
}

// read tells after how many records a reading fails; -1 for never.
func (d *disk) read(p *process, at place) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.dead {
		return 0, journal.ErrClosed
	}
	if d.weather.misread == 0 || d.roll(at, 100) >= d.weather.misread {
		return -1, nil
	}
	return int(d.roll(at, 4)), nil
}

func (d *disk) state() (weather, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.weather, len(d.waiting)
}

// hashOf mixes numbers: FNV-1a with a finish.
func hashOf(parts ...any) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(fmt.Sprint(parts...)) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
