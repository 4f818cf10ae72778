package blobs

import (
	"sync"

	"parley/hub/journal"
)

// Quota counts the bytes of a store, for implementations. It is safe for concurrent use.
type Quota struct {
	limits Limits // immutable

	// guarded by mu
	mu       sync.Mutex
	sessions map[journal.SessionID]int64
	total    int64
}

// NewQuota returns the quota of an empty store.
func NewQuota(l Limits) *Quota {
	return &Quota{limits: l, sessions: map[journal.SessionID]int64{}}
}

// Charge returns the number of bytes for which a file of a size counts.
func Charge(size int64) int64 { return max(size, MinCharge) }

// Reserve counts a file that is about to be stored. size is -1 if it is not known. It
// returns the number of bytes to pass to Release later, or [ErrTooLarge], [ErrSessionFull]
// or [ErrFull].
func (q *Quota) Reserve(session journal.SessionID, size int64) (charged int64, err error) {
	if size > q.limits.File {
		return 0, ErrTooLarge
	}
	if size < 0 {
		size = q.limits.File
	}
	charged = Charge(size)
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.sessions[session]+charged > q.limits.Session:
		return 0, ErrSessionFull
	case q.total+charged > q.limits.Total:
		return 0, ErrFull
	}
	q.add(session, charged)
	return charged, nil
}

// Add counts a file that the store has, whatever the limits.
func (q *Quota) Add(session journal.SessionID, charged int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(session, charged)
}

// Release counts off what was charged.
func (q *Quota) Release(session journal.SessionID, charged int64) { q.Add(session, -charged) }

func (q *Quota) add(session journal.SessionID, charged int64) {
	q.total += charged
	if q.sessions[session] += charged; q.sessions[session] == 0 {
		delete(q.sessions, session)
	}
}

// Limits returns the limits of the store.
func (q *Quota) Limits() Limits { return q.limits }
