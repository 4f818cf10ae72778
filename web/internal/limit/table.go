package limit

import "sync"

// maxEntries bounds a table. A full table replaces an idle entry, or else an
// arbitrary one, whose sender then starts with a new limit.
const maxEntries = 4096

// table has a limit for each sender.
type table[K comparable, L interface{ idle() bool }] struct {
	create func() L // immutable

	mu      sync.Mutex
	entries map[K]L // guarded by mu
}

func newTable[K comparable, L interface{ idle() bool }](create func() L) *table[K, L] {
	return &table[K, L]{create: create, entries: map[K]L{}}
}

// get returns the sender's limit, a new one if there is none.
func (t *table[K, L]) get(key K) L {
	t.mu.Lock()
	defer t.mu.Unlock()
	limit, ok := t.entries[key]
	if !ok {
		t.makeRoom()
		limit = t.create()
		t.entries[key] = limit
	}
	return limit
}

// find returns the sender's limit, if there is one.
func (t *table[K, L]) find(key K) (limit L, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	limit, known = t.entries[key]
	return limit, known
}

// makeRoom examines a few entries only, so that a flood of new senders costs little.
func (t *table[K, L]) makeRoom() {
	const examined = 16
	n := 0
	for key, limit := range t.entries {
		if len(t.entries) < maxEntries {
			return
		}
		if n++; n == examined || limit.idle() {
			delete(t.entries, key)
		}
	}
}
