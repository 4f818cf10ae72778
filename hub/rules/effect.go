package rules

import (
	"parley/hub/journal"
)

// Effect is an action outside the session, which the runtime takes once the events of the
// decision are durable: an effect type of this package or of the session's kind.
type Effect interface{ IsEffect() }

// Effects of both kinds of session.
type (
	// Send sends a message to another session, after the messages that were sent to it
	// before. A crash can lose it; the sender's state knows what to send again.
	Send struct {
		To      journal.SessionID
		Message Message
	}
	// Release answers the commands that wait under a name. If Answer is set, it is the
	// answer to the command that Winner identifies, or to all of them if Winner is empty.
	// All others receive Err.
	Release struct {
		Hold   string
		Winner string
		Answer any
		Err    error
	}
)
