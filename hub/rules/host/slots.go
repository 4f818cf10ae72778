package host

import (
	"fmt"

	"parley/protocol"
)

// TooManyAgents returns the error for a client when most agents run already.
func TooManyAgents(most int) *protocol.Error {
	return protocol.Errorf(protocol.CodeTooManyAgents, "%s; stop one that is not needed, or try again later", slotsInUse(most))
}

// NoSlotError is the error of a start that was refused because so many agents run
// already.
type NoSlotError int

func (e NoSlotError) Error() string { return slotsInUse(int(e)) + "; try again when one has ended" }

func slotsInUse(most int) string {
	if most == 1 {
		return "the one agent that may run on this server is running"
	}
	return fmt.Sprintf("all %d agents that may run on this server are running", most)
}
