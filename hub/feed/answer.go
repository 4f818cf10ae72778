package feed

import (
	"context"

	"parley/hub/history"
	"parley/protocol"
)

// Answer is the answer to a command that was carried out.
type Answer struct {
	// Payload is a *[Welcome] for a join or resume, nil for a ping, and else an
	// answer type of protocol, as a pointer, for protocol.Marshal. On its way to a
	// subscription it may be a [history.Deferred].
	Payload   any
	Duplicate bool // the command was carried out before, under the same id
}

// Encode returns the line that answers the request with an id.
func (a Answer) Encode(requestID string) ([]byte, error) {
	switch payload := a.Payload.(type) {
	case *Welcome:
		return payload.Encode(requestID)
	case nil:
		return protocol.Encode(&protocol.PongMessage{ID: requestID})
	}
	return protocol.EncodeAnswer(requestID, a.Payload, a.Duplicate)
}

// lateLine is a line that is encoded when its turn comes, by the goroutine that
// takes it.
type lateLine interface {
	encode(ctx context.Context, s *Subscription) (Line, error)
}

// answerLine is the answer to a request, or the error, not encoded yet.
type answerLine struct {
	requestID string
	answer    Answer
	err       error
}

// encode implements [lateLine]. It reads a deferred answer from the journal. Any
// goroutine may call it.
func (l answerLine) encode(ctx context.Context, s *Subscription) (Line, error) {
	if l.err == nil {
		r := history.Reader{Journal: s.feed.journal, Session: s.session}
		l.answer.Payload, l.err = r.Finish(ctx, l.answer.Payload)
	}
	if ctx.Err() != nil {
		return Line{}, ctx.Err()
	}
	b, err := l.encodeNow()
	return Line{Bytes: b}, err
}

// encodeNow encodes an answer that is not deferred.
func (l answerLine) encodeNow() ([]byte, error) {
	if l.err != nil {
		return protocol.EncodeError(l.requestID, l.err)
	}
	return l.answer.Encode(l.requestID)
}

// deferred reports whether the answer is read from the journal.
func (l answerLine) deferred() bool {
	_, deferred := l.answer.Payload.(history.Deferred)
	return deferred
}
