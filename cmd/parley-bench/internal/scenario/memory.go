package scenario

import (
	"context"
	"time"

	"parley/cmd/parley-bench/internal/target"
)

// memory is the memory of a process in bytes.
type memory struct {
	rss  int
	live int // heap and stacks in use; 0 if not known
}

// settledMemory makes the server run a garbage collection, as an idle server does by itself,
// and waits until its memory has not shrunk for a second.
func settledMemory(ctx context.Context, t target.Target) (memory, error) {
	var m memory
	if p, ok := t.(*target.ParleyTarget); ok {
		// Memory with a finalizer, such as that of a socket, takes two collections,
		// and the runtime returns a chunk of 4 MiB that was full at one collection
		// only after the next.
		for range 3 {
			live, err := p.CollectGarbage(ctx)
			if err != nil {
				return m, err
			}
			m.live = live
		}
	}
	least, since := 0, time.Now()
	for time.Since(since) < time.Second {
		u, err := t.Use()
		if err != nil {
			return m, err
		}
		if least == 0 || u.RSS < least {
			least, since = u.RSS, time.Now()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return m, ctx.Err()
		}
	}
	m.rss = least
	return m, nil
}
