package history

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Reader reads one session's journal for a client. Its methods may be called
// concurrently.
type Reader struct {
	Journal journal.Journal
	Session journal.SessionID
	Tail    []*journal.Record // the session's newest events in memory; may be empty
	For     rules.Projection  // what the client sees; the zero value masks and hides
}

// Records yields the events from a number on: those in the tail first, the rest
// from the journal. Stopping early is cheap.
func (r Reader) Records(ctx context.Context, from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		for _, rec := range since(r.Tail, from) {
			if !yield(*rec, nil) {
				return
			}
			from = rec.Seq + 1
		}
		r.Journal.Read(ctx, r.Session, from)(yield)
	}
}

// each passes events to use, encoded as the client sees them, from a number on, up to but not including
// the number to, or until use returns false.
func (r Reader) each(ctx context.Context, from, to journal.Seq, use func(Event) (more bool)) error {
	if from >= to {
		return nil
	}
	for rec, err := range r.Records(ctx, from) {
		if err != nil {
			return ClientError(ctx, err)
		}
		if !use(Encode(&rec, r.For)) || rec.Seq+1 >= to {
			break
		}
	}
	return nil
}

// first returns the event to begin with in the place of another, so that of the events that
// precede all those that the client sees only the last is read.
func (r Reader) first(from journal.Seq) journal.Seq {
	if r.For.From > 1 {
		return max(from, r.For.From-1)
	}
	return from
}

// ClientError turns an error of the journal into one that clients may see:
// ctx's error when ctx has ended, errors of the protocol's catalogue as they
// are, and JOURNAL_UNAVAILABLE for everything else. It returns nil for nil.
func ClientError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, ok := errors.AsType[*protocol.Error](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeJournalUnavailable, "the journal cannot be read now"), err)
}
