package hubtest

import (
	"context"
	"iter"
	"sync"

	"parley/hub/journal"
)

// FaultyJournal is a journal whose commits are delayed and fail on demand, and
// whose reads fail on demand. All methods are safe for concurrent use. Appends of
// one writer are handed to the journal inside one by one and in order, and their
// commits resolve in order.
type FaultyJournal struct {
	journal.Journal // immutable

	wg sync.WaitGroup // of the writers' goroutines, which Close ends

	// guarded by mu
	mu      sync.Mutex
	held    chan struct{} // closed by release; nil when nothing is held
	faults  []fault       // of the next appends, the first first
	broken  error         // of every append, which leaves nothing
	unread  error         // of every read
	writers []*faultyWriter
	closed  bool
}

// fault is how one append fails.
type fault struct {
	err     error
	written bool // it is there all the same
}

// NewFaultyJournal wraps a journal, which closing it closes as well.
func NewFaultyJournal(j journal.Journal) *FaultyJournal { return &FaultyJournal{Journal: j} }

// Hold keeps what is appended from now on from being written until release is
// called: the disk has become slow. release may be called more than once.
// Closing releases, too.
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

// FailUnwritten makes the next n appends fail with err and leave nothing.
func (f *FaultyJournal) FailUnwritten(n int, err error) { f.fail(n, fault{err: err}) }

// FailWritten makes the next n appends fail with err although they are written:
// an outcome that only reading can tell. When the journal inside refuses one,
// its own error is reported.
func (f *FaultyJournal) FailWritten(n int, err error) { f.fail(n, fault{err: err, written: true}) }

func (f *FaultyJournal) fail(n int, how fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		f.faults = append(f.faults, how)
	}
}

// Break makes every append fail with err and leave nothing, until mend is called.
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

func (f *FaultyJournal) readable() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unread
}

// Read implements journal.Journal.
func (f *FaultyJournal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	if err := f.readable(); err != nil {
		return func(yield func(journal.Record, error) bool) { yield(journal.Record{}, err) }
	}
	return f.Journal.Read(ctx, id, from)
}

// Listed implements journal.Journal.
func (f *FaultyJournal) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	if err := f.readable(); err != nil {
		return nil, err
	}
	return f.Journal.Listed(ctx, id, from, limit)
}

// Entry implements journal.Journal.
func (f *FaultyJournal) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	if err := f.readable(); err != nil {
		return journal.Entry{}, err
	}
	return f.Journal.Entry(ctx, id, of, subjectID)
}

// Entries implements journal.Journal.
func (f *FaultyJournal) Entries(ctx context.Context, id journal.SessionID, of journal.Subject, from journal.Seq, backward bool, limit int) ([]journal.Entry, error) {
	if err := f.readable(); err != nil {
		return nil, err
	}
	return f.Journal.Entries(ctx, id, of, from, backward, limit)
}

// Events implements journal.Journal.
func (f *FaultyJournal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	if err := f.readable(); err != nil {
		return nil, err
	}
	return f.Journal.Events(ctx, id, numbers)
}

// Summary implements journal.Journal.
func (f *FaultyJournal) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	if err := f.readable(); err != nil {
		return journal.Summary{}, err
	}
	return f.Journal.Summary(ctx, id)
}

// nextFault takes the fault that is meant for the next append.
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

// waitWhileHeld returns once nothing is held.
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

// Own implements journal.Journal.
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

// Close implements journal.Journal.
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

// faultyWriter hands over what waits, one after the other.
type faultyWriter struct {
	// immutable
	journal.Writer
	journal *FaultyJournal
	wake    chan struct{} // sent to by add and end, never closed; one is enough to say "look"

	// guarded by mu
	mu      sync.Mutex
	waiting []handover // bounded by what its users have under way
	ended   bool
}

// handover is one call that waits for its turn.
type handover struct {
	call   func() error // calls the journal inside and waits for the outcome
	commit *journal.Commit
}

// Append implements journal.Writer.
func (w *faultyWriter) Append(a journal.Append) *journal.Commit {
	return w.add(func() error {
		how := w.journal.nextFault()
		if how.err != nil && !how.written {
			return how.err
		}
		if err := w.Writer.Append(a).Err(); err != nil {
			return err
		}
		return how.err
	})
}

// PutSnapshot implements journal.Writer. It is held like an append and never fails
// by itself.
func (w *faultyWriter) PutSnapshot(s journal.Snapshot) *journal.Commit {
	return w.add(func() error { return w.Writer.PutSnapshot(s).Err() })
}

// Release implements journal.Writer.
func (w *faultyWriter) Release(ctx context.Context) error {
	select {
	case <-w.add(func() error { return nil }).Done():
		return w.Writer.Release(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *faultyWriter) add(call func() error) *journal.Commit {
	commit := journal.NewCommit()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		commit.Resolve(journal.ErrClosed)
		return commit
	}
	w.waiting = append(w.waiting, handover{call, commit})
	w.signal()
	return commit
}

// end lets run finish what is waiting, and then return.
func (w *faultyWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.signal()
}

func (w *faultyWriter) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *faultyWriter) run() {
	for {
		w.mu.Lock()
		waiting, ended := w.waiting, w.ended
		w.waiting = nil
		w.mu.Unlock()
		for _, h := range waiting {
			w.journal.waitWhileHeld()
			h.commit.Resolve(h.call())
		}
		if len(waiting) == 0 {
			if ended {
				return
			}
			<-w.wake
		}
	}
}
