package hubtest

import (
	"context"
	"sync"

	"parley/hub/journal"
)

// faultyWriter passes calls on to a writer, one after the other.
type faultyWriter struct {
	// immutable
	journal.Writer // the wrapped one
	journal        *FaultyJournal
	wake           chan struct{} // sent to by add and end, received by run, never closed; capacity 1, since one signal is enough

	mu sync.Mutex

	// guarded by mu
	waiting []pendingCall // bounded by the number of its users' open commits
	ended   bool
}

// pendingCall is a call that waits for its turn.
type pendingCall struct {
	call   func() error // calls the wrapped writer and waits for the outcome
	commit *journal.Commit
}

// Append implements [journal.Writer].
func (w *faultyWriter) Append(a journal.Append) *journal.Commit {
	return w.add(func() error {
		fault := w.journal.nextFault()
		if fault.err != nil && !fault.written {
			return fault.err
		}
		if err := w.Writer.Append(a).Err(); err != nil {
			return err
		}
		return fault.err
	})
}

// PutSnapshot implements [journal.Writer]. It is delayed like an append, and only
// fails with the wrapped writer's error.
func (w *faultyWriter) PutSnapshot(s journal.Snapshot) *journal.Commit {
	return w.add(func() error { return w.Writer.PutSnapshot(s).Err() })
}

// Release implements [journal.Writer].
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
	w.waiting = append(w.waiting, pendingCall{call, commit})
	w.signal()
	return commit
}

// end makes run return after the waiting calls.
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

// run carries out calls until end is called.
func (w *faultyWriter) run() {
	for {
		w.mu.Lock()
		waiting, ended := w.waiting, w.ended
		w.waiting = nil
		w.mu.Unlock()
		for _, p := range waiting {
			w.journal.waitWhileHeld()
			p.commit.Resolve(p.call())
		}
		if len(waiting) == 0 {
			if ended {
				return
			}
			<-w.wake
		}
	}
}
