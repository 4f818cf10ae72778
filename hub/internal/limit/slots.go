package limit

import "sync"

// Slots bounds how many things exist at a time.
type Slots struct {
	most int // immutable

	// guarded by mu
	mu    sync.Mutex
	taken int
}

// NewSlots returns slots for at most so many things.
func NewSlots(most int) *Slots { return &Slots{most: most} }

// Take takes a slot, and returns nil if none is left. The caller calls release when the
// thing no longer exists; any goroutine may call it, and further calls do nothing.
func (s *Slots) Take() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken >= s.most {
		return nil
	}
	s.taken++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.taken--
	})
}
