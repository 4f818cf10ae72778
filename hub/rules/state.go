package rules

import (
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// State is the state machine of one session. It is a plain value: its methods use no clock,
// channel or disk. They are for one goroutine at a time.
type State interface {
	// Decide returns the decision on an input. It does not change the state.
	Decide(in Input) Decision
	// Apply folds an event into the state. It accepts every event that Decide has
	// returned, in the same order.
	Apply(e Event, at Stamp)
	// Decode returns the event that a record of the session holds.
	Decode(r journal.Record) (Event, error)
	// Restore replaces the state with one that was encoded as JSON.
	Restore(snapshot []byte) error
	// Answerer returns the function that computes a command's answer from its
	// primary event. The function may be called from any goroutine.
	Answerer() func(c protocol.Command, e Event) any
	// Summary returns the summary that is written with every append.
	Summary() journal.Summary
	// Due returns when the state needs a [Tick]; zero for never.
	Due() time.Time
	// PromptBytes returns how many bytes of prompts the state holds.
	PromptBytes() int
}
