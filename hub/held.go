package hub

import (
	"sync"
	"time"
)

// Held is what an answer outside of a subscription holds in memory until its
// client has read it. It counts for the budget of all connections. Its methods are
// for one goroutine at a time.
type Held struct {
	hub *Hub   // immutable
	cut func() // immutable

	// guarded by mu
	mu       sync.Mutex
	bytes    int
	since    time.Time // when the client last took something
	over     bool      // it was ended for the sake of others
	released bool
}

// Hold begins to count an answer, until Release. cut breaks the client's
// connection off and does not wait; it is called at most once, before Release
// returns, when others need the memory.
func (h *Hub) Hold(cut func()) *Held {
	held := &Held{hub: h, cut: cut}
	h.backlogs.enter(held)
	return held
}

// Set says how much is held from now on, and that the client has taken what came
// before. It returns false when the connection was broken off.
func (x *Held) Set(bytes int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.since = time.Now()
	x.count(bytes)
	return !x.over
}

// Release ends the counting.
func (x *Held) Release() {
	x.mu.Lock()
	x.released = true
	x.count(0)
	x.mu.Unlock()
	x.hub.backlogs.leave(x)
}

func (x *Held) count(bytes int) {
	x.hub.backlogs.add(bytes - x.bytes)
	x.bytes = bytes
}

func (x *Held) holds() holder {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over {
		return holder{} // it is about to be let go of
	}
	return holder{of: x, bytes: x.bytes, since: x.since}
}

func (x *Held) endTooSlow() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.over || x.released {
		return
	}
	x.over = true
	x.cut()
}
