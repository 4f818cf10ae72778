package rules

import (
	"parley/hub/journal"
)

// Effect is an action outside the session, which the runtime takes once the events of the
// decision are durable: an effect type of this package or of the session's kind.
type Effect interface{ IsEffect() }

// Effects of both kinds of session.
type (
	// Send sends a message to another session, after those that were sent before.
	// A crash can lose it; the sender's state says what to send again.
	Send struct {
		To      journal.SessionID
		Message Message
	}
	// Release answers the commands that wait under a name: that of winner with
	// answer (all of them when winner is empty), the others with other.
	Release struct {
		Hold   string
		Winner string
		Answer any
		Err    error
	}
)

func (Send) IsEffect()    {}
func (Release) IsEffect() {}
