package rules

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// Input is what a state machine decides on. A decision must not read a clock or create an
// id, so the input brings both.
type Input struct {
	At         time.Time // the time of the decision's events
	Now        time.Time // the clock's reading with its monotonic part, for deadlines
	IDs        [2]string // new ids for what the decision creates; empty for an input that is not answered
	Origin     Origin    // of a message of an agent on another machine; zero for any other. The runtime stores it with the events
	OverBudget bool      // the prompts of all sessions together leave no room for the input's prompt
	Body       Body
}

// Body is the content of an input: an input type of this package or of the session's
// kind, or a [Message] of another session.
type Body interface{ IsBody() }

// Decision is the result of deciding on an input. Its events are committed first. Then, in
// this order, clients receive the events, the input is answered, and the effects are
// carried out.
//
// At most one of Answer, Replay and Hold is set. Without any of them the answer is computed
// from the primary event. A decision with Err has nothing else.
type Decision struct {
	Events    []Event
	Effects   []Effect
	Answer    any         // a payload type of package protocol, or an answer that the runtime completes
	Replay    journal.Seq // an earlier event, to compute the answer from: the primary event of a repeated command, or the event that a command reads
	Duplicate bool        // the command was carried out before
	Hold      string      // the answer waits under this name for a Release
	Waiter    string      // identifies the command among those that wait under Hold
	Err       error
}

// Refuse returns the decision that answers an input with an error.
func Refuse(code protocol.Code, format string, args ...any) Decision {
	return Decision{Err: protocol.Errorf(code, format, args...)}
}

// With returns the decision with more effects after its own.
func (d Decision) With(more ...Effect) Decision {
	d.Effects = append(d.Effects, more...)
	return d
}

// Then returns the decision followed by next, which was made in the state after d. The
// answer is that of next.
func (d Decision) Then(next Decision) Decision {
	next.Events = append(d.Events, next.Events...)
	next.Effects = append(d.Effects, next.Effects...)
	return next
}

// ForCommand returns the decision with a command stored in its primary event; ref is nil
// for a command without an id.
func (d Decision) ForCommand(ref *CommandRef) Decision {
	for i := range d.Events {
		if d.Events[i].Primary {
			d.Events[i].Private.Command = ref
		}
	}
	return d
}

// Digest returns a short hash of a command's type and payload, which distinguishes commands
// that use the same id. The journal stores it, so it does not cover tokens.
func Digest(c protocol.Command) string {
	if j, ok := c.(*protocol.Join); ok {
		public := *j
		public.InviteToken, public.ParticipantToken = "", ""
		c = &public
	}
	return DigestOf(c.CommandType(), c)
}

// DigestOf is [Digest] for a payload that is not a command of the protocol.
func DigestOf(t protocol.CommandType, payload any) string {
	body, _ := protocol.Marshal(payload) // cannot fail: plain fields
	sum := sha256.Sum256(append([]byte(t+":"), body...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
