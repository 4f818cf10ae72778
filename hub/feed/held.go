package feed

import (
	"sync"
	"time"
)

// Held is an answer outside of a subscription that is in memory until its client has read
// it. It counts toward the limit of all connections. Its methods are for one goroutine at
// a time.
type Held struct {
	// immutable
	all *backlogs
	cut func()

	// guarded by mu
	mu       sync.Mutex
	bytes    int
	since    time.Time // when Set was last called
	ended    bool      // the connection was cut off
	released bool
}

// Hold begins to count an answer, until Release. cut breaks the client's
// connection off and must not block; it is called at most once, before Release
// returns, when the memory is needed.
func (f *Feed) Hold(cut func()) *Held {
	held := &Held{all: f.backlogs, cut: cut}
	f.backlogs.enter(held)
	return held
}

// Set sets how many bytes are held from now on. The caller calls it whenever the client has
// read a part. It returns false if the connection was cut off.
func (h *Held) Set(bytes int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = time.Now()
	h.count(bytes)
	return !h.ended
}

// Release ends the counting.
func (h *Held) Release() {
	h.mu.Lock()
	h.released = true
	h.count(0)
	h.mu.Unlock()
	h.all.leave(h)
}

// count updates the common count. The caller holds mu.
func (h *Held) count(bytes int) {
	h.all.add(bytes - h.bytes)
	h.bytes = bytes
}

// holding implements [holder].
func (h *Held) holding() holding {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return holding{} // its memory is about to be released
	}
	return holding{bytes: h.bytes, since: h.since}
}

// cutOff implements [holder].
func (h *Held) cutOff() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || h.released {
		return
	}
	h.ended = true
	h.cut()
}
