package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"parley/hub/history"
	"parley/hub/internal/courier"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// send sends an input to a session of a kind, or of any kind if kind is empty. It blocks
// while the inbox is full. ended is closed when the actor ends, after which it answers
// nothing.
func (h *Hub) send(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool, in envelope) (ended <-chan struct{}, err error) {
	e, err := h.acquire(ctx, id, kind, create)
	if err != nil {
		return nil, err
	}
	defer h.letGo(e)
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
func (h *Hub) ask(ctx context.Context, id journal.SessionID, kind journal.Kind, create bool, body any) (result, error) {
	if err := h.serving(); err != nil {
		return result{}, err
	}
	answered := make(chan result, 1) // from the actor, once
	in := envelope{Input: rules.Input{Body: body}, reply: func(r result) { answered <- r }}
	sending, cancel := context.WithTimeout(ctx, sendPatience)
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
	case r := <-answered: // the last thing that the actor did
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

// askShared sends an input to a shared session and waits for the answer. A state does
// not hold participants who have left; a decision that needs one, the sender or one
// whom the command names, is a [shared.AbsentError]. Then askShared reads the
// participant from the journal and sends the input again.
func (h *Hub) askShared(ctx context.Context, id journal.SessionID, body any) (r result, err error) {
	err = h.askWithAbsent(ctx, id, body, func(body any) error {
		r, err = h.ask(ctx, id, journal.KindShared, false, body)
		return err
	})
	return r, err
}

// askWithAbsent calls ask with an input, and again with each participant whom the state
// does not hold. It returns the error of ask, or of reading.
func (h *Hub) askWithAbsent(ctx context.Context, id journal.SessionID, body any, ask func(body any) error) error {
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

// absentPatience is how long a command waits for a participant to be read.
const absentPatience = 5 * time.Second

// readAbsent reads a participant; nil when there is none.
func (h *Hub) readAbsent(ctx context.Context, id journal.SessionID, participantID string) (*protocol.Participant, error) {
	reading, cancel := context.WithTimeout(ctx, absentPatience)
	defer cancel()
	p, err := lookup.Participant(reading, history.Reader{Journal: h.journal, Session: id}, participantID)
	if err != nil && reading.Err() != nil && ctx.Err() == nil {
		return nil, journalUnavailable()
	}
	return p, err
}

// withAbsent returns the input with a participant who was looked up.
func withAbsent(body any, id string, p *protocol.Participant) any {
	if a, ok := body.(attach); ok {
		a.command.Sender = a.command.Sender.WithDeparted(id, p)
		return a
	}
	return shared.WithDeparted(body, id, p)
}

// carrier returns what a courier between two sessions does with each message.
func (h *Hub) carrier(from, to journal.SessionID) courier.Deliver {
	return func(ctx context.Context, message any) bool { return h.carry(ctx, from, to, message) }
}

// carryRetry is the pause after the receiver could not be loaded.
const carryRetry = 200 * time.Millisecond

// carry delivers a message, and wakes the receiver if need be. A receiver that does not
// exist or is damaged takes no message; for a damaged one the sender is answered. A
// receiver that this process no longer serves is sent it again when it wakes elsewhere.
// carry returns false if ctx ended first.
func (h *Hub) carry(ctx context.Context, from, to journal.SessionID, message any) bool {
	for {
		_, err := h.send(ctx, to, "", false, unanswered(message))
		switch {
		case err == nil || errors.Is(err, journal.ErrNotFound) || errors.Is(err, errStopped) || errors.Is(err, errMoved):
			return true
		case ctx.Err() != nil:
			return false
		}
		if damage, ok := errors.AsType[*journal.DamageError](err); ok {
			h.options.Logger.Error("a message for a damaged session is dropped", zap.Error(damage))
			return h.carryBack(ctx, from, to, message)
		}
		h.options.Logger.Warn("a session cannot be reached", zap.Stringer("session", to), zap.Error(err))
		select {
		case <-time.After(carryRetry):
		case <-ctx.Done():
			return false
		}
	}
}

// carryBack answers the sender of a message that was dropped, unless the sender itself
// is damaged.
func (h *Hub) carryBack(ctx context.Context, from, to journal.SessionID, message any) bool {
	if to == from {
		return true
	}
	for _, answer := range rules.UndeliverableReplies(message) {
		if !h.carry(ctx, from, from, answer) {
			return false
		}
	}
	return true
}
