package hub

import (
	"fmt"
	"sync"

	"parley/protocol"
)

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

// tooManyAgents answers a client whose agent finds no slot.
func tooManyAgents(most int) *protocol.Error {
	return protocol.Errorf(protocol.CodeTooManyAgents, "%s; end one that is not needed, or try again later", slotsTaken(most))
}

// noSlotError is how a start ends that found no slot. It holds the most agents
// that may run.
type noSlotError int

func (e noSlotError) Error() string { return slotsTaken(int(e)) + "; try again when one has ended" }

func slotsTaken(most int) string {
	if most == 1 {
		return "an agent runs on this server, and no second one may"
	}
	return fmt.Sprintf("%d agents run on this server, and no more may", most)
}
