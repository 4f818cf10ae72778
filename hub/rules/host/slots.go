package host

import (
	"fmt"

	"parley/protocol"
)

// TooManyAgents returns the error for a client if the maximum number of agents runs.
func TooManyAgents(limit int) *protocol.Error {
	return protocol.Errorf(protocol.CodeTooManyAgents, "%s; stop one that is no longer needed, or try again later", slotsInUse(limit))
}

// NoSlotError is the error of a start that was refused because that many agents, the
// maximum, run already.
type NoSlotError int

// Error implements error.
func (e NoSlotError) Error() string { return slotsInUse(int(e)) + "; try again when one has ended" }

func slotsInUse(limit int) string {
	if limit == 1 {
		return "the one agent that may run on this server is running"
	}
	return fmt.Sprintf("all %d agents that may run on this server are running", limit)
}
