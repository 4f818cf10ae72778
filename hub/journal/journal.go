package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Errors that a Journal's calls and commits end in. Use errors.Is.
var (
	// ErrConflict: the append does not stand on the session's newest event.
	ErrConflict = errors.New("journal: not the newest event")
	// ErrFenced: another writer has claimed the partition since.
	ErrFenced = errors.New("journal: partition has a newer owner")
	// ErrFull: there is no room on the disk. It may succeed later.
	ErrFull = errors.New("journal: no room left")
	// ErrUnavailable: the store failed otherwise. It may succeed later, and the
	// write may or may not be there: reading tells.
	ErrUnavailable = errors.New("journal: unavailable")
	// ErrNotFound: there is no such session, or no snapshot of it.
	ErrNotFound = errors.New("journal: not found")
	// ErrClosed: the journal or the writer was closed.
	ErrClosed = errors.New("journal: closed")
)

// DamageError names stored data that is not what was written.
type DamageError struct {
	Session SessionID
	Seq     Seq    // the first event that cannot be trusted
	Place   string // where the engine keeps it, such as "row 17"
	Err     error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("session %s, event %d (%s): %v", e.Session, e.Seq, e.Place, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }

// Journal is where events live. Every engine passes the suite in hub/hubtest.
// All methods may be called from several goroutines at once.
type Journal interface {
	// Own claims a partition for writing and fences whoever owned it before.
	Own(ctx context.Context, p Partition) (Writer, error)
	// Read yields a session's committed events from the number from (1 at the
	// least) on, in order and without a hole, until the newest at the time of
	// the call. A *DamageError ends it where the stored data cannot be trusted.
	// An unknown session yields nothing.
	Read(ctx context.Context, id SessionID, from Seq) iter.Seq2[Record, error]
	// Listed returns the numbers of the session's events for which IsListed holds,
	// from the number from on, in order, at most limit of them. The work does not
	// depend on how many others there are.
	Listed(ctx context.Context, id SessionID, from Seq, limit int) ([]Seq, error)
	// Entry returns what the index has of a participant or an approval of a session,
	// by its id; ErrNotFound when no event is about one.
	Entry(ctx context.Context, id SessionID, of Subject, subjectID string) (Entry, error)
	// Entries returns participants or approvals of a session in the order of First, at
	// most limit of them: from the event from on, or with backward from that event
	// back. The work does not depend on how many others there are.
	Entries(ctx context.Context, id SessionID, of Subject, from Seq, backward bool, limit int) ([]Entry, error)
	// Events returns the events of these numbers, in that order; of many or large
	// ones perhaps only the first, one at the least. ErrNotFound when one of them
	// is not there, a *DamageError when it cannot be trusted.
	Events(ctx context.Context, id SessionID, numbers []Seq) ([]Record, error)
	// Head returns the newest committed event; ErrNotFound when there is none.
	Head(ctx context.Context, id SessionID) (Head, error)
	// Snapshot returns the newest snapshot; ErrNotFound when there is none.
	Snapshot(ctx context.Context, id SessionID) (Snapshot, error)
	// Summary returns the session's summary; ErrNotFound when there is none.
	Summary(ctx context.Context, id SessionID) (Summary, error)
	// List returns the summaries that match, newest first. A page costs no more for
	// being far from the first.
	List(ctx context.Context, f Filter) ([]Summary, error)
	// Due returns the sessions whose summary has a Due before the given time,
	// the earliest first, at most limit of them.
	Due(ctx context.Context, before time.Time, limit int) ([]Summary, error)
	// Ready reports whether an append would be taken now: nil, or why not. It
	// looks anew, at most about once a second, and may write to find out. It
	// returns ctx's error when the store does not answer until ctx ends.
	Ready(ctx context.Context) error
	// Close waits for what is being written, then closes the store. Writers
	// that are still open answer ErrClosed from then on.
	Close() error
}

// Writer writes one partition. Its methods do not block; commits of one
// session resolve in the order of their appends. After a failed append every
// later one that builds on it fails with ErrConflict.
type Writer interface {
	// Append writes a.Records durably, all or none, with the summary. It fails
	// with ErrConflict unless the session's newest event is a.Prev (zero for a
	// session's first append).
	Append(a Append) *Commit
	// PutSnapshot replaces the session's snapshot. It is a hint that makes
	// loading faster and may be lost.
	PutSnapshot(s Snapshot) *Commit
	// Release gives the partition up, after all that was appended is resolved.
	Release(ctx context.Context) error
}

// Append is what a session has to write at one time. The writer keeps the
// slices until the commit resolves, and the summary's resource for longer, to
// write it again only when it has changed; the caller must not change them.
type Append struct {
	Session SessionID
	Prev    Seq
	Records []Record // one or more, sealed, numbered from Prev+1
	Summary Summary
	// Awaited names the senders that wait for the commit, such as the participants
	// whose commands the append carries out; none for what an agent says. A name
	// means something within its session alone. It is a hint, by which an engine
	// that writes several appends at once can tell whether more are about to come.
	Awaited []string
}

// Commit is the outcome of a write.
type Commit struct {
	done chan struct{} // closed by Resolve
	err  error         // set before done is closed
}

// NewCommit returns a commit that is not resolved yet.
func NewCommit() *Commit { return &Commit{done: make(chan struct{})} }

// Resolve ends the commit; the engine calls it exactly once. nil means that
// the write is durable.
func (c *Commit) Resolve(err error) {
	c.err = err
	close(c.done)
}

// Done is closed when the outcome is known.
func (c *Commit) Done() <-chan struct{} { return c.done }

// Err waits for the outcome and returns it: nil, ErrConflict, ErrFenced,
// ErrFull, ErrUnavailable or ErrClosed, possibly wrapped.
func (c *Commit) Err() error {
	<-c.done
	return c.err
}

// Snapshot is a session's state at one event, to load it without reading every
// event before.
type Snapshot struct {
	Session SessionID
	Head    Head // the event that it stands on
	Version int  // of the encoding of State; an unknown one is ignored
	State   []byte
}

// Kind tells host sessions and shared sessions apart.
type Kind string

// The two kinds of session.
const (
	KindShared Kind = "shared"
	KindHost   Kind = "host"
)

// Summary is what listing, timers and recovery need to know of a session
// without loading it. It is written with every append.
type Summary struct {
	Session     SessionID
	Kind        Kind
	Workspace   string
	HostSession SessionID // of a shared session; zero for a host session
	Status      string
	CreatedAt   time.Time       // UTC, in whole microseconds
	Due         time.Time       // when the session wants to be woken; zero for never
	Resource    json.RawMessage // the public resource, without any secret
}

// Filter chooses summaries. A zero field matches all.
type Filter struct {
	Kind        Kind
	Workspace   string
	HostSession SessionID
	Status      string
	Before      Place // those that come after it in the list; zero for all
	Limit       int   // 0 for all
}

// Place is that of a session in a list: newest first, and those of the same time in
// descending order of their ids.
type Place struct {
	CreatedAt time.Time
	Session   SessionID
}
