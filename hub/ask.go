package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"parley/hub/history"
	"parley/hub/internal/courier"
	"parley/hub/internal/receipt"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// send sends an input to a session, which it loads if need be. It returns
// [journal.ErrNotFound] if the session is of another kind than kind, unless that is
// empty. It blocks while the inbox is full. ended is closed when the actor has ended and
// answers nothing more.
func (h *Hub) send(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool, in envelope) (ended <-chan struct{}, err error) {
	e, err := h.acquire(ctx, id, kind, create)
	if err != nil {
		return nil, err
	}
	defer h.release(e)
	if kind != "" && e.kind != kind {
		return nil, journal.ErrNotFound
	}
	box := e.actor.inbox
	if in.reply == nil {
		box = e.actor.mail
	}
	select {
	case box <- in:
		return e.actor.done, nil
	case <-e.actor.done:
		return nil, errStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ask sends an input and waits for the answer.
func (h *Hub) ask(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool, body rules.Body) (result, error) {
	if err := h.serving(); err != nil {
		return result{}, err
	}
	answered := make(chan result, 1) // from the actor, once
	in := envelope{Input: rules.Input{Body: body}, reply: func(r result) { answered <- r }}
	sending, cancel := context.WithTimeout(ctx, sendTimeout)
	ended, err := h.send(sending, id, kind, create, in)
	cancel()
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return result{}, journalUnavailable()
	case err != nil:
		return result{}, h.clientError(err)
	}
	select {
	case r := <-answered:
		return r, r.err
	case <-ended:
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	select {
	case r := <-answered: // the actor answered before it ended
		return r, r.err
	default:
		return result{}, errStopped
	}
}

// clientError turns an error of loading a session into one that clients may see.
func (h *Hub) clientError(err error) error {
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return sessionNotFound()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, errStopped), errors.Is(err, errMoved):
		return err
	}
	h.options.Logger.Error("a session cannot be loaded", zap.Error(err))
	return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeJournalUnavailable, "the session cannot be read now"), err)
}

// askShared sends an input to a shared session and waits for the answer. The state does
// not hold participants who have left. If a decision needs one, as the sender or because
// the command names one, it is a [shared.AbsentError]; askShared then reads the
// participant from the journal and sends the input again.
func (h *Hub) askShared(ctx context.Context, id journal.SessionID, body rules.Body) (r result, err error) {
	err = h.askWithAbsent(ctx, id, body, func(body rules.Body) error {
		r, err = h.ask(ctx, id, journal.KindShared, false, body)
		return err
	})
	return r, err
}

// askWithAbsent calls ask with an input, and again for each [shared.AbsentError] that ask
// returns, with the participant added. It returns the last error of ask, or that of
// reading the participant.
func (h *Hub) askWithAbsent(ctx context.Context, id journal.SessionID, body rules.Body, ask func(body rules.Body) error) error {
	for {
		err := ask(body)
		absent, ok := err.(*shared.AbsentError)
		if !ok {
			return err
		}
		p, err := h.readAbsent(ctx, id, absent.ID)
		if err != nil {
			return err
		}
		body = withAbsent(body, absent.ID, p)
	}
}

// absentTimeout bounds how long a command waits for a participant to be read.
const absentTimeout = 5 * time.Second

// readAbsent reads a participant from the journal; nil if there is none. Errors:
// JOURNAL_UNAVAILABLE, also after absentTimeout, and ctx's.
func (h *Hub) readAbsent(ctx context.Context, id journal.SessionID, participantID string) (*protocol.Participant, error) {
	reading, cancel := context.WithTimeout(ctx, absentTimeout)
	defer cancel()
	p, err := lookup.Participant(reading, history.Reader{Journal: h.journal, Session: id}, participantID)
	if err != nil && reading.Err() != nil && ctx.Err() == nil {
		return nil, journalUnavailable()
	}
	return p, err
}

// withAbsent returns the input with a participant who was looked up.
func withAbsent(body rules.Body, id string, p *protocol.Participant) rules.Body {
	if a, ok := body.(attach); ok {
		a.command.Sender = a.command.Sender.WithDeparted(id, p)
		return a
	}
	return shared.WithDeparted(body, id, p)
}

// parcel is a message on its way to another session.
type parcel struct {
	message rules.Message
	origin  rules.Origin
	receipt *receipt.Receipt
}

// envelope returns the parcel as an input of the session that receives it.
func (p parcel) envelope() envelope {
	in := unanswered(p.message)
	in.Origin, in.receipt = p.origin, p.receipt
	return in
}

// post sends a message to another session. What a host session sends because of a message
// of its agent carries the origin and the receipt of that.
func (a *actor) post(to journal.SessionID, m rules.Message) {
	p := parcel{message: m}
	if a.kind == journal.KindHost && a.releasing != nil {
		p.origin, p.receipt = a.releasing.Origin, a.releasing.receipt.Share()
	}
	a.courier(to).Post(p)
}

// delivery returns the function by which a courier delivers messages between two
// sessions.
func (h *Hub) delivery(from, to journal.SessionID) courier.Deliver[parcel] {
	return func(ctx context.Context, p parcel) bool { return h.deliver(ctx, from, to, p) }
}

// deliverRetry is the pause after a receiver could not be loaded.
const deliverRetry = 200 * time.Millisecond

// deliver delivers a message, loads the receiver if need be, and tries again until that
// succeeds. It returns false if ctx ended first. A message is dropped if its receiver
// does not exist, is damaged, or is served by another process now. For a damaged receiver
// the sender is answered; in the other process the message is sent again when the
// sender wakes there.
func (h *Hub) deliver(ctx context.Context, from, to journal.SessionID, p parcel) bool {
	for {
		_, err := h.send(ctx, to, "", false, p.envelope())
		switch {
		case errors.Is(err, journal.ErrNotFound):
			p.receipt.Release()
			return true
		case err == nil || errors.Is(err, errStopped) || errors.Is(err, errMoved):
			return true
		case ctx.Err() != nil:
			return false
		}
		if damage, ok := errors.AsType[*journal.DamageError](err); ok {
			h.options.Logger.Error("a message for a damaged session is dropped", zap.Error(damage))
			defer p.receipt.Release()
			return h.answerSender(ctx, from, to, p.message)
		}
		h.options.Logger.Warn("a message cannot be delivered yet", zap.Stringer("session", to), zap.Error(err))
		select {
		case <-time.After(deliverRetry):
		case <-ctx.Done():
			return false
		}
	}
}

// answerSender answers the sender of a message that was dropped because its receiver is
// damaged, unless that is the sender itself.
func (h *Hub) answerSender(ctx context.Context, from, to journal.SessionID, message rules.Message) bool {
	if to == from {
		return true
	}
	for _, answer := range rules.UndeliverableReplies(message) {
		if !h.deliver(ctx, from, from, parcel{message: answer}) {
			return false
		}
	}
	return true
}
