package directories

import (
	"context"
	"errors"
	"time"

	"parley/hub/internal/limit"
	"parley/protocol"
)

const (
	maxListed = 200             // directories of an answer
	maxRead   = 10_000          // entries of a directory that are looked at
	maxLists  = 4               // lists that are made at a time
	timeout   = 5 * time.Second // of a list
)

var (
	errBusy = errors.New("other directories are being read; try again")
	errSlow = errors.New("the directories could not be read in time")
)

// Lister lists directories. It is safe for concurrent use.
type Lister struct {
	// immutable
	ignored func(ctx context.Context, dir string, names []string) map[string]bool
	timeout time.Duration
	slots   *limit.Slots
}

// NewLister returns a lister. ignored returns which names in a directory are listed last, as
// hidden ones are; nil for none.
func NewLister(ignored func(ctx context.Context, dir string, names []string) map[string]bool) *Lister {
	if ignored == nil {
		ignored = func(context.Context, string, []string) map[string]bool { return nil }
	}
	return &Lister{ignored: ignored, timeout: timeout, slots: limit.NewSlots(maxLists)}
}

// Query says which directories to list. Its directories are absolute, and contain no
// symbolic links.
type Query struct {
	Own   string   // where the agent works by default
	Roots []string // where it may work, with all that is inside them
	// Text is the beginning of an absolute path, or of one below Own; its last element may
	// also be in the middle of a name. All directories match an empty text.
	Text string
}

// List lists at most 200 directories that match a query. It never leaves the roots, neither
// by .. nor by a symbolic link. It returns an error if ctx ends, if the disk takes longer
// than five seconds, or if too many lists are being made.
func (l *Lister) List(ctx context.Context, q Query) (protocol.DirectoriesAnswer, error) {
	release := l.slots.Take()
	if release == nil {
		return protocol.DirectoriesAnswer{}, errBusy
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.timeout, errSlow)
	defer cancel()
	found := make(chan protocol.DirectoriesAnswer, 1) // so that the goroutine ends without a receiver
	// No system call that waits for a disk can be interrupted, so the goroutine may outlive
	// the call. It holds its slot for so long.
	go func() {
		defer release()
		s := search{ctx: ctx, ignored: l.ignored, roots: q.Roots, found: []string{}, seen: map[string]bool{}}
		found <- s.answer(q)
	}()
	select {
	case answer := <-found:
		if ctx.Err() == nil {
			return answer, nil
		}
	case <-ctx.Done():
	}
	return protocol.DirectoriesAnswer{}, context.Cause(ctx)
}
