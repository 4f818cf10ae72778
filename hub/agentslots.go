package hub

import "sync"

// agentSlots counts the agents that run, or are being started, against the most
// that may. Its methods are safe for concurrent use.
type agentSlots struct {
	most int // immutable

	mu    sync.Mutex
	taken int
}

// take reserves a slot for an agent. It returns nil when all are taken. The
// caller calls release when the agent is gone; more calls do nothing.
func (s *agentSlots) take() (release func()) {
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

// full reports whether no slot is left.
func (s *agentSlots) full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken >= s.most
}
