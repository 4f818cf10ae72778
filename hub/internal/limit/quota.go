package limit

import (
	"context"
	"sync"
	"time"
)

// Quota bounds how many things exist that are counted elsewhere, such as in a journal. It
// counts them again only when those that it knows of may have used up the bound, and then at
// most once a second.
type Quota struct {
	// immutable
	most  int // negative for no bound
	count func(context.Context) (int, error)

	// guarded by mu
	mu       sync.Mutex
	left     int // how many more may be created before the next count
	creating int
	counted  time.Time
}

// recount is the least time between two counts.
const recount = time.Second

// NewQuota returns a quota of so many things, which count counts.
func NewQuota(most int, count func(context.Context) (int, error)) *Quota {
	return &Quota{most: most, count: count}
}

// Take makes room for one thing that is about to be created. It returns nil if there is none.
// The caller calls done once the thing exists, or is not created after all. Errors: those of
// counting.
func (q *Quota) Take(ctx context.Context) (done func(), err error) {
	if q.most < 0 {
		return func() {}, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.left <= 0 && time.Since(q.counted) >= recount {
		n, err := q.count(ctx)
		if err != nil {
			return nil, err
		}
		q.left, q.counted = q.most-n-q.creating, time.Now()
	}
	if q.left <= 0 {
		return nil, nil
	}
	q.left--
	q.creating++
	return sync.OnceFunc(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.creating--
	}), nil
}
