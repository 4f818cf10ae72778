package journal

import (
	"errors"
	"fmt"
)

// Errors that the methods of a [Journal] and [Commit.Err] return, possibly wrapped;
// test for them with [errors.Is].
var (
	// ErrConflict reports an append that does not build on the session's newest
	// event, or a snapshot that does not stand on a committed one.
	ErrConflict = errors.New("journal: conflict with the newest event")
	// ErrFenced reports that another writer has claimed the partition.
	ErrFenced = errors.New("journal: partition has a newer owner")
	// ErrFull reports that the disk is full. A later write may succeed.
	ErrFull = errors.New("journal: no room left")
	// ErrUnavailable reports another failure of the store. A later call may
	// succeed. A write that failed with it may have happened or not; reading tells.
	ErrUnavailable = errors.New("journal: unavailable")
	// ErrNotFound reports that the session, or what was asked for of it, does not
	// exist.
	ErrNotFound = errors.New("journal: not found")
	// ErrClosed reports a call on a closed journal or a released writer.
	ErrClosed = errors.New("journal: closed")
)

// DamageError reports that stored data differs from what was written.
type DamageError struct {
	Session SessionID // the damaged session
	Seq     Seq       // the first event that cannot be trusted
	Place   string    // where the engine stores it, such as "row 17"
	Err     error     // what is wrong
}

// Error names the session, the event, the place and the damage.
func (e *DamageError) Error() string {
	return fmt.Sprintf("session %s, event %d (%s): %v", e.Session, e.Seq, e.Place, e.Err)
}

// Unwrap returns e.Err.
func (e *DamageError) Unwrap() error { return e.Err }
