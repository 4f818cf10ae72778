package rules

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Input is what a state machine decides on. A decision may not read a clock or
// make an id, so both come in with the input.
type Input struct {
	At         time.Time // the time of the events that the decision leads to
	Now        time.Time // the clock's reading, monotonic part included, for deadlines
	IDs        [2]string // fresh ids for what the decision creates; empty for an input that is not answered
	OverBudget bool      // the prompts of all sessions together leave no room for the input's own
	Body       Body
}

// Body is the content of an input: an input type of this package or of the session's
// kind, or a [Message] of another session.
type Body interface{ IsBody() }

// Decision is what an input leads to. The events are committed first. Then, in
// this order, clients receive the events, the input is answered, and the effects
// are carried out.
//
// At most one of answer, replay and hold is set. Without any of them the answer
// is computed from the primary event. err excludes everything else.
type Decision struct {
	Events    []Event
	Effects   []Effect
	Answer    any         // the answer, where no event has it
	Replay    journal.Seq // the event of a command that was carried out before, to compute the answer from
	Duplicate bool        // answer was given before
	Hold      string      // the answer waits under this name for a release
	Waiter    string      // identifies the command among those that wait under hold
	Err       error
}

// Refuse returns the decision that answers an input with an error.
func Refuse(code protocol.Code, format string, args ...any) Decision {
	return Decision{Err: protocol.Errorf(code, format, args...)}
}

// With returns the decision with more effects.
func (d Decision) With(more ...Effect) Decision {
	d.Effects = append(d.Effects, more...)
	return d
}

// Then returns the decision followed by one that was made in the state after it.
// The answer is that of the latter.
func (d Decision) Then(next Decision) Decision {
	next.Events = append(d.Events, next.Events...)
	next.Effects = append(d.Effects, next.Effects...)
	return next
}

// ForCommand returns the decision with the command stored in its primary event; ref is
// nil for a command without an id.
func (d Decision) ForCommand(ref *CommandRef) Decision {
	for i := range d.Events {
		if d.Events[i].Primary {
			d.Events[i].Private.Command = ref
		}
	}
	return d
}

// Digest returns a short hash of a command's type and payload. It tells commands
// apart that use the same id. It is stored in the journal, so it covers no token.
func Digest(c protocol.Command) string {
	if j, ok := c.(*protocol.Join); ok {
		public := *j
		public.InviteToken, public.ParticipantToken = "", ""
		c = &public
	}
	return DigestOf(c.CommandType(), c)
}

// DigestOf is [digest] for a payload that is not a command of the protocol.
func DigestOf(t protocol.CommandType, payload any) string {
	body, _ := protocol.Marshal(payload) // cannot fail: plain fields
	sum := sha256.Sum256(append([]byte(t+":"), body...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
