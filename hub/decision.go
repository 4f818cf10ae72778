package hub

import (
	"crypto/sha256"
	"encoding/base64"
	"time"

	"parley/hub/journal"
	"parley/protocol"
)

// input is one thing for an actor to decide on. What decisions need and are
// not allowed to make, time and ids, comes in with it.
type input struct {
	at      time.Time // what its events are dated
	moment  time.Time // what the clock says, with its monotonic reading, to compare deadlines with
	ids     [2]string // fresh ids for what the input makes; empty when the input has no reply
	crowded bool      // all sessions together keep so much of prompts that its own has no room
	body    any       // one of the types in messages.go
}

// decision is what an input leads to. Events are committed first; then, in
// this order, they are shown, the input is answered, and effects are carried
// out.
type decision struct {
	events    []event
	effects   []effect
	answer    any         // for the input's reply, where it is not computed from an event
	replay    journal.Seq // instead of answer: the command was carried out with this event
	duplicate bool        // answer is one that was given before
	hold      string      // instead of answer: the reply waits under this name for a release
	waiter    string      // the name of whom a held reply is for
	err       error       // instead of everything else
}

func refuse(code protocol.Code, format string, args ...any) decision {
	return decision{err: protocol.Errorf(code, format, args...)}
}

// with returns the decision with more effects.
func (d decision) with(more ...effect) decision {
	d.effects = append(d.effects, more...)
	return d
}

// effect is something that is done outside once the events are durable: one of
// the types in messages.go.
type effect any

// digest tells payloads apart under one command id. It goes to the journal, so
// nothing of a token goes into it.
func digest(c protocol.Command) string {
	if j, ok := c.(*protocol.Join); ok {
		public := *j
		public.InviteToken, public.ParticipantToken = "", ""
		c = &public
	}
	return digestOf(c.CommandType(), c)
}

func digestOf(t protocol.CommandType, payload any) string {
	body, _ := protocol.Marshal(payload) // cannot fail: plain fields
	sum := sha256.Sum256(append([]byte(t+":"), body...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
