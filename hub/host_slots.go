package hub

import (
	"fmt"

	"parley/protocol"
)

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
