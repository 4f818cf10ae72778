package hub

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// state is the state machine of one session. It is a plain value: its methods
// use no clock, no channel and no disk, and are for one goroutine at a time.
type state interface {
	// decide returns what an input leads to. It changes nothing.
	decide(in input) decision
	// apply folds an event into the state. It accepts every event that decide has
	// returned, in the order in which it returned them.
	apply(e event, at stamp)
	// decode returns the event that a record of the session holds.
	decode(r journal.Record) (event, error)
	// restore replaces the state by one that was encoded as JSON.
	restore(snapshot []byte) error
	// answerer returns the function that computes a command's answer from its
	// primary event. The function may be called from any goroutine.
	answerer() func(c protocol.Command, e event) any
	// summary returns what is written with every append.
	summary() journal.Summary
	// due returns when the state wants a tick; zero for never.
	due() time.Time
	// promptBytes returns how many bytes of prompts the state keeps.
	promptBytes() int
}
