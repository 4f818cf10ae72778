package hubtest

import (
	"context"
	"sync"

	"parley/hub/journal"
)

// FaultyJournal wraps a journal. On demand it delays commits, and fails commits and
// reads. It is safe for concurrent use. It passes the appends of a writer to the
// wrapped journal one by one and in order, and their commits resolve in order.
type FaultyJournal struct {
	journal.Journal // the wrapped one; immutable

	wg sync.WaitGroup // the writers' goroutines, which Close ends

	mu sync.Mutex

	// guarded by mu
	held    chan struct{} // closed by release, never sent to; nil while appends are not held
	faults  []fault       // of the next appends, in order
	broken  error         // of every append, which is then not written; nil for none
	unread  error         // of every read; nil for none
	writers []*faultyWriter
	closed  bool
}

// fault is the failure of one append.
type fault struct {
	err     error
	written bool // the append is written nevertheless
}

// NewFaultyJournal wraps a journal. Closing the FaultyJournal closes it as well.
func NewFaultyJournal(j journal.Journal) *FaultyJournal { return &FaultyJournal{Journal: j} }

// Hold delays appends from now on until release is called, as a slow disk does.
// release may be called more than once. [FaultyJournal.Close] releases as well.
func (f *FaultyJournal) Hold() (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held == nil {
		f.held = make(chan struct{})
	}
	held := f.held
	return func() { f.release(held) }
}

func (f *FaultyJournal) release(held chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if held != nil && f.held == held {
		close(held)
		f.held = nil
	}
}

// FailUnwritten makes the next n appends fail with err, without being written.
func (f *FaultyJournal) FailUnwritten(n int, err error) { f.fail(n, fault{err: err}) }

// FailWritten makes the next n appends fail with err although they are written, so
// that only reading tells the outcome. If the wrapped journal refuses an append, the
// commit fails with that journal's error.
func (f *FaultyJournal) FailWritten(n int, err error) { f.fail(n, fault{err: err, written: true}) }

func (f *FaultyJournal) fail(n int, next fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.faults = append(f.faults, next)
	}
}

// Break makes every append fail with err, without being written, until mend is
// called.
func (f *FaultyJournal) Break(err error) (mend func()) {
	return f.set(&f.broken, err)
}

// BreakReads makes every read fail with err, until mend is called.
func (f *FaultyJournal) BreakReads(err error) (mend func()) {
	return f.set(&f.unread, err)
}

func (f *FaultyJournal) set(to *error, err error) (mend func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*to = err
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		*to = nil
	}
}

// nextFault removes and returns the fault of the next append.
func (f *FaultyJournal) nextFault() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.faults) == 0 {
		return fault{err: f.broken}
	}
	next := f.faults[0]
	f.faults = f.faults[1:]
	return next
}

// waitWhileHeld blocks while appends are held.
func (f *FaultyJournal) waitWhileHeld() {
	for {
		f.mu.Lock()
		held := f.held
		f.mu.Unlock()
		if held == nil {
			return
		}
		<-held
	}
}

// Own implements [journal.Journal].
func (f *FaultyJournal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	inner, err := f.Journal.Own(ctx, p)
	if err != nil {
		return nil, err
	}
	w := &faultyWriter{Writer: inner, journal: f, wake: make(chan struct{}, 1)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, journal.ErrClosed
	}
	f.writers = append(f.writers, w)
	f.wg.Go(w.run)
	return w, nil
}

// Close implements [journal.Journal].
func (f *FaultyJournal) Close() error {
	f.mu.Lock()
	f.closed = true
	held, writers := f.held, f.writers
	f.mu.Unlock()
	f.release(held)
	for _, w := range writers {
		w.end()
	}
	f.wg.Wait()
	return f.Journal.Close()
}
