package journal

import (
	"context"
	"iter"
	"time"
)

// Journal stores the events of sessions. Its methods are safe for concurrent use.
//
// Besides the errors that they name, all methods return [ErrClosed] after
// [Journal.Close], the error of ctx if that ends first, and [ErrUnavailable] if the
// store fails.
type Journal interface {
	// Own claims a partition for writing and fences the writer that owned it
	// before. If ctx ends first, the claim may still take effect.
	Own(ctx context.Context, p Partition) (Writer, error)
	// Read yields the committed events of a session in order, from event from (at
	// least 1) to the newest one at the time of the call. It yields a [*DamageError]
	// last where the stored data cannot be trusted. It yields nothing for an unknown
	// session.
	Read(ctx context.Context, id SessionID, from Seq) iter.Seq2[Record, error]
	// Listed returns the numbers of the session's events for which [IsListed] holds,
	// in order from event from on, at most limit of them. Its cost does not depend on
	// the number of other events. An unknown session has none.
	Listed(ctx context.Context, id SessionID, from Seq, limit int) ([]Seq, error)
	// Entry returns the index entry of a participant or an approval of a session. It
	// returns [ErrNotFound] if no event is about it.
	Entry(ctx context.Context, id SessionID, of Subject, subjectID string) (Entry, error)
	// Entries returns the index entries of participants or approvals of a session,
	// at most limit of them: those with an Entry.First of from or more, in ascending
	// order, or if backward is set, those of from or less, in descending order. Its
	// cost does not depend on the number of other entries. An unknown session has none.
	Entries(ctx context.Context, id SessionID, of Subject, from Seq, backward bool, limit int) ([]Entry, error)
	// Events returns the events with the given numbers, in that order. If they are
	// many or large, it may return only the first of them, at least one. It returns
	// [ErrNotFound] if one of them does not exist, and a [*DamageError] if one cannot
	// be trusted.
	Events(ctx context.Context, id SessionID, numbers []Seq) ([]Record, error)
	// Head returns the newest committed event. It returns [ErrNotFound] for an
	// unknown session.
	Head(ctx context.Context, id SessionID) (Head, error)
	// Snapshot returns the session's snapshot. It returns [ErrNotFound] if there is
	// none, and a [*DamageError] if it cannot be trusted; that says nothing about the
	// events.
	Snapshot(ctx context.Context, id SessionID) (Snapshot, error)
	// Summary returns the session's summary. It returns [ErrNotFound] for an unknown
	// session.
	Summary(ctx context.Context, id SessionID) (Summary, error)
	// List returns the summaries that match a filter, the newest first. Sessions
	// created at the same time are in descending order of their ids. The cost of a
	// page does not depend on its place.
	List(ctx context.Context, f Filter) ([]Summary, error)
	// Count returns how many sessions match a filter. If its Limit is not 0, the count
	// stops there.
	Count(ctx context.Context, f Filter) (int, error)
	// Due returns the summaries whose Summary.Due lies before the given time, the
	// earliest first, at most limit of them. Sessions due at the same time are in
	// ascending order of their ids.
	Due(ctx context.Context, before time.Time, limit int) ([]Summary, error)
	// Ready returns nil if an append would succeed now, and otherwise the reason. It
	// checks again at most about once a second, and may write to do so.
	Ready(ctx context.Context) error
	// Close waits for pending writes and closes the store. Commits of writers that
	// are still open fail with [ErrClosed] from then on. It may be called again.
	Close() error
}

// Writer writes the sessions of one partition; see [Journal.Own]. Its methods are
// safe for concurrent use. Append and PutSnapshot do not block.
//
// The commits of a session resolve in the order of their appends. After a failed
// append, every later one that builds on it fails with [ErrConflict].
type Writer interface {
	// Append durably writes a.Records and a.Summary, all or none. The commit fails
	// with [ErrConflict] unless a.Prev is the session's newest event.
	Append(a Append) *Commit
	// PutSnapshot replaces the session's snapshot. A snapshot only makes loading
	// faster, and may be lost.
	PutSnapshot(s Snapshot) *Commit
	// Release gives the partition up after all earlier appends have resolved. If ctx
	// ends first, Release returns its error, and the appends still resolve.
	Release(ctx context.Context) error
}
