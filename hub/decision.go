package hub

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// input is what a state machine decides on. A decision may not read a clock or
// make an id, so both come in with the input.
type input struct {
	at         time.Time // the time of the events that the decision leads to
	moment     time.Time // the clock's reading, monotonic part included, for deadlines
	ids        [2]string // fresh ids for what the decision creates; empty for an input that is not answered
	overBudget bool      // the prompts of all sessions together leave no room for the input's own
	body       any       // an input type of this package or of the session's kind
}

// decision is what an input leads to. The events are committed first. Then, in
// this order, clients receive the events, the input is answered, and the effects
// are carried out.
//
// At most one of answer, replay and hold is set. Without any of them the answer
// is computed from the primary event. err excludes everything else.
type decision struct {
	events    []event
	effects   []effect
	answer    any         // the answer, where no event has it
	replay    journal.Seq // the event of a command that was carried out before, to compute the answer from
	duplicate bool        // answer was given before
	hold      string      // the answer waits under this name for a release
	waiter    string      // identifies the command among those that wait under hold
	err       error
}

// effect is an action outside the session, taken once the events are durable:
// an effect type of this package or of the session's kind.
type effect any

// refuse returns the decision that answers an input with an error.
func refuse(code protocol.Code, format string, args ...any) decision {
	return decision{err: protocol.Errorf(code, format, args...)}
}

// with returns the decision with more effects.
func (d decision) with(more ...effect) decision {
	d.effects = append(d.effects, more...)
	return d
}

// then returns the decision followed by one that was made in the state after it.
// The answer is that of the latter.
func (d decision) then(next decision) decision {
	next.events = append(d.events, next.events...)
	next.effects = append(d.effects, next.effects...)
	return next
}

// digest returns a short hash of a command's type and payload. It tells commands
// apart that use the same id. It is stored in the journal, so it covers no token.
func digest(c protocol.Command) string {
	if j, ok := c.(*protocol.Join); ok {
		public := *j
		public.InviteToken, public.ParticipantToken = "", ""
		c = &public
	}
	return digestOf(c.CommandType(), c)
}

// digestOf is [digest] for a payload that is not a command of the protocol.
func digestOf(t protocol.CommandType, payload any) string {
	body, _ := protocol.Marshal(payload) // cannot fail: plain fields
	sum := sha256.Sum256(append([]byte(t+":"), body...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
