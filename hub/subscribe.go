package hub

import (
	"context"

	"parley/protocol"
)

// attach is a join or resume that subscribes. The actor lets the connection in
// when it answers, at the event that the welcome stands on.
type attach struct {
	command command
	sub     *Subscription
}

// isReadOnly reports whether a request begins a connection that only reads.
func isReadOnly(r protocol.Request) bool {
	resume, ok := r.Command.(*protocol.Resume)
	return ok && resume.ReadOnly
}

// admit is the reply of an attach: it lets the subscription in, and answers
// whoever waits for it.
func (s *sharedShell) admit(a attach, answered replyFunc) replyFunc {
	return func(r result) {
		w, ok := r.payload.(*Welcome)
		if r.err == nil && !ok {
			r.err = protocol.Errorf(protocol.CodeInvalidRequest, "a connection begins with join or resume")
		}
		if r.err == nil {
			r.err = s.subscribe(a.sub, w)
		}
		if r.err == nil && !a.sub.eventsOnly {
			s.showPresence(w)
			a.sub.sendFirst(func(ctx context.Context) (Line, error) { return a.sub.welcome(ctx, a.command.request.ID, w) })
		}
		answered(r)
	}
}
