package rules

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// State is the state machine of one session. It is a plain value: its methods
// use no clock, no channel and no disk, and are for one goroutine at a time.
type State interface {
	// Decide returns what an input leads to. It changes nothing.
	Decide(in Input) Decision
	// Apply folds an event into the state. It accepts every event that decide has
	// returned, in the order in which it returned them.
	Apply(e Event, at Stamp)
	// Decode returns the event that a record of the session holds.
	Decode(r journal.Record) (Event, error)
	// Restore replaces the state by one that was encoded as JSON.
	Restore(snapshot []byte) error
	// Answerer returns the function that computes a command's answer from its
	// primary event. The function may be called from any goroutine.
	Answerer() func(c protocol.Command, e Event) any
	// Summary returns what is written with every append.
	Summary() journal.Summary
	// Due returns when the state wants a tick; zero for never.
	Due() time.Time
	// PromptBytes returns how many bytes of prompts the state keeps.
	PromptBytes() int
}
