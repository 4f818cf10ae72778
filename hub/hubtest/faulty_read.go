package hubtest

import (
	"context"
	"iter"

	"parley/hub/journal"
)

// tryRead calls read, or returns the error of [FaultyJournal.BreakReads].
func tryRead[T any](f *FaultyJournal, read func() (T, error)) (T, error) {
	f.mu.Lock()
	err := f.unread
	f.mu.Unlock()
	if err != nil {
		var zero T
		return zero, err
	}
	return read()
}

// Read implements [journal.Journal].
func (f *FaultyJournal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	events, err := tryRead(f, func() (iter.Seq2[journal.Record, error], error) { return f.Journal.Read(ctx, id, from), nil })
	if err != nil {
		return func(yield func(journal.Record, error) bool) { yield(journal.Record{}, err) }
	}
	return events
}

// Listed implements [journal.Journal].
func (f *FaultyJournal) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	return tryRead(f, func() ([]journal.Seq, error) { return f.Journal.Listed(ctx, id, from, limit) })
}

// Entry implements [journal.Journal].
func (f *FaultyJournal) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	return tryRead(f, func() (journal.Entry, error) { return f.Journal.Entry(ctx, id, of, subjectID) })
}

// Entries implements [journal.Journal].
func (f *FaultyJournal) Entries(ctx context.Context, id journal.SessionID, of journal.Subject, from journal.Seq, backward bool, limit int) ([]journal.Entry, error) {
	return tryRead(f, func() ([]journal.Entry, error) { return f.Journal.Entries(ctx, id, of, from, backward, limit) })
}

// Events implements [journal.Journal].
func (f *FaultyJournal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	return tryRead(f, func() ([]journal.Record, error) { return f.Journal.Events(ctx, id, numbers) })
}

// Summary implements [journal.Journal].
func (f *FaultyJournal) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	return tryRead(f, func() (journal.Summary, error) { return f.Journal.Summary(ctx, id) })
}
