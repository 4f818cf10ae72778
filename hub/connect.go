package hub

import (
	"context"

	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// AttachOptions are the options of [Hub.Attach].
type AttachOptions struct {
	EventsOnly bool // yield nothing but events, for a stream or a long poll; a host who has left stays absent
	Guarded    bool // as in [Credentials]
	Caller     Caller
}

// Attach carries out a join or resume and subscribes to the session. The caller closes
// the subscription. After a resume for reading only, it accepts
// commands that read, and answers READ_ONLY to others. Errors: those of join and resume,
// TOO_MANY_PARTICIPANTS (also if there are too many connections), SESSION_NOT_FOUND,
// JOURNAL_UNAVAILABLE, and ctx's.
func (h *Hub) Attach(ctx context.Context, id string, r protocol.Request, o AttachOptions) (*feed.Subscription, error) {
	c := shared.Command{Sender: shared.Sender{Guarded: o.Guarded, Caller: o.Caller}, Request: r, EventsOnly: o.EventsOnly}
	session, err := journal.ParseSessionID(id)
	if err != nil {
		return nil, shared.HideSession(c, sessionNotFound())
	}
	sub := h.feed.Subscribe(session, feed.SubscribeOptions{Cursor: cursorOf(c), EventsOnly: o.EventsOnly, ReadOnly: isReadOnly(r)})
	if _, err := h.askShared(ctx, session, attach{c, sub}); err != nil {
		sub.Close() // also if the session lets it in later
		return nil, shared.HideSession(c, err)
	}
	return sub, nil
}

// Hold begins to count an answer toward Options.MaxBacklogs; see [feed.Feed.Hold].
func (h *Hub) Hold(cut func()) *feed.Held { return h.feed.Hold(cut) }

// isReadOnly reports whether a request begins a connection that only reads.
func isReadOnly(r protocol.Request) bool {
	resume, ok := r.Command.(*protocol.Resume)
	return ok && resume.ReadOnly
}

// attach is a join or resume that subscribes. The actor lets the connection in when it
// answers the command, right behind the event on which the welcome stands.
type attach struct {
	command shared.Command
	sub     *feed.Subscription
}

// IsBody implements [rules.Body].
func (attach) IsBody() {}

// admit returns the reply of an attach. The reply lets the subscription into the room, and
// then calls answered.
func (s *sharedShell) admit(a attach, answered replyFunc) replyFunc {
	return func(r result) {
		w, ok := r.payload.(*feed.Welcome)
		if r.err == nil && !ok {
			r.err = protocol.Errorf(protocol.CodeInvalidRequest, "a connection begins with join or resume")
		}
		if r.err == nil {
			r.err = s.room.Join(a.sub, newConnection(s.actor, a, w), a.command.Request.ID, w)
		}
		answered(r)
	}
}

// connection sends the commands of one connection to the actor, for a participant whose
// token was checked when the connection began. It implements [feed.Actor].
type connection struct {
	actor *actor
	who   shared.Sender
}

func newConnection(a *actor, first attach, w *feed.Welcome) *connection {
	p := w.Participant
	p.AccessToken = nil
	return &connection{a, shared.Sender{
		ParticipantID: p.ID,
		ReadOnly:      first.sub.ReadOnly(),
		Caller:        first.command.Sender.Caller,
		Connected:     true,
		Departed:      shared.Departed{p.ID: &p}, // for commands after the participant has left
	}}
}

// Submit implements [feed.Actor]. For a command that names a participant it also waits for
// the decision, so that the next command of the connection is decided later even if the
// participant has to be read from the journal first.
func (c *connection) Submit(ctx context.Context, s *feed.Subscription, r protocol.Request) error {
	body, err := c.actor.hub.withAttachments(ctx, c.actor.id, shared.Command{Sender: c.who, Request: r})
	if err != nil {
		return c.Reject(ctx, s, r.ID, protocol.AsError(err))
	}
	if !mayNameAbsent(r.Command) {
		return c.send(ctx, c.envelope(s, r.ID, body))
	}
	var sent error
	err = c.actor.hub.askWithAbsent(ctx, c.actor.id, body, func(body rules.Body) (needs error) {
		needs, sent = c.sendAndWait(ctx, c.envelope(s, r.ID, body))
		return needs
	})
	if err != nil {
		return c.Reject(ctx, s, r.ID, protocol.AsError(err))
	}
	return sent
}

// Reject implements [feed.Actor].
func (c *connection) Reject(ctx context.Context, s *feed.Subscription, requestID string, err *protocol.Error) error {
	return c.send(ctx, c.envelope(s, requestID, shared.Rejection{Err: err}))
}

// Leave implements [feed.Actor].
func (c *connection) Leave(s *feed.Subscription) { c.actor.leave(s) }

// envelope returns an input whose answer the subscription receives.
func (c *connection) envelope(s *feed.Subscription, requestID string, body rules.Body) envelope {
	return envelope{Input: rules.Input{Body: body}, reply: func(r result) {
		c.actor.hub.noteRefusal(r.err)
		s.Answer(requestID, feed.Answer{Payload: r.payload, Duplicate: r.duplicate}, r.err)
	}}
}

// send sends an input to the actor. It blocks while the inbox is full. Errors: errStopped,
// and ctx's.
func (c *connection) send(ctx context.Context, in envelope) error {
	// The inbox of an actor that has ended may have room. If one command of a connection is
	// refused, the next ones must be too: a client repeats them in the order in which it learns
	// their fate.
	select {
	case <-c.actor.done:
		return errStopped
	default:
	}
	select {
	case c.actor.inbox <- in:
		return nil
	case <-c.actor.done:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// mayNameAbsent reports whether a command names a participant, who may have left.
func mayNameAbsent(c protocol.Command) bool {
	switch c.(type) {
	case *protocol.SetRole, *protocol.Remove:
		return true
	}
	return false
}

// sendAndWait sends a command and waits for the decision; the answer follows once it is
// durable. If the decision needs a participant, sendAndWait returns a
// [shared.AbsentError] as needs, and the command is not answered.
func (c *connection) sendAndWait(ctx context.Context, in envelope) (needs, err error) {
	decided := make(chan error, 1) // sent to by note on the actor's goroutine; the first value counts, others are dropped
	note := func(needs error) {
		select {
		case decided <- needs:
		default:
		}
	}
	answer := in.reply
	in.decided = func() { note(nil) }
	in.reply = func(r result) {
		if shared.IsAbsent(r.err) {
			note(r.err)
			return
		}
		note(nil) // for a command that was refused without a decision
		answer(r)
	}
	if err := c.send(ctx, in); err != nil {
		return nil, err
	}
	select {
	case needs = <-decided:
		return needs, nil
	case <-c.actor.done:
		return nil, errStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
