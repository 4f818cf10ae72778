package hub

import (
	"context"
	"time"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// A session's state does not hold participants who have left. A decision that needs
// one of them is a [shared.AbsentError], which is answered like any other error, when all
// that was decided before is durable. The caller then reads the participant from the
// journal and sends the command again. A command about participants who are present
// costs no read.

// askShared sends an input to a shared session and waits for the answer. If the
// decision needs participants who have left, the sender or one whom the command
// names, they are read from the journal.
func (h *Hub) askShared(ctx context.Context, id journal.SessionID, body any) (r result, err error) {
	err = h.askWithAbsent(ctx, id, body, func(body any) error {
		r, err = h.ask(ctx, id, journal.KindShared, false, body)
		return err
	})
	return r, err
}

// askWithAbsent calls ask with an input, and again with each participant whom the
// session does not hold. It returns the error of ask, or of reading.
func (h *Hub) askWithAbsent(ctx context.Context, id journal.SessionID, body any, ask func(body any) error) error {
	for {
		err := ask(body)
		absent, ok := err.(*shared.AbsentError)
		if !ok {
			return err
		}
		p, err := h.absent(ctx, id, absent.ID)
		if err != nil {
			return err
		}
		body = withAbsent(body, absent.ID, p)
	}
}

// absentPatience bounds how long a command waits for a participant to be read.
const absentPatience = 5 * time.Second

// absent reads a participant; nil when there is none.
func (h *Hub) absent(ctx context.Context, id journal.SessionID, participantID string) (*protocol.Participant, error) {
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
		a.command.Who = a.command.Who.With(id, p)
		return a
	}
	return shared.WithDeparted(body, id, p)
}
