package feed

import (
	"context"

	"parley/hub/history"
	"parley/protocol"
)

// lateLine is a line that is encoded when its turn comes, by the goroutine that
// takes it.
type lateLine interface {
	encode(ctx context.Context, s *Subscription) (Line, error)
}

// answerLine is the answer to a request, not encoded yet.
type answerLine struct {
	requestID string
	answer    Answer
}

// encode implements [lateLine]. It reads a deferred answer from the journal. Any
// goroutine may call it.
func (l answerLine) encode(ctx context.Context, s *Subscription) (Line, error) {
	a := l.answer
	if a.Err == nil {
		r := history.Reader{Journal: s.feed.journal, Session: s.session}
		a.Payload, a.Err = r.Finish(ctx, a.Payload)
	}
	if ctx.Err() != nil {
		return Line{}, ctx.Err()
	}
	b, err := encodeAnswer(l.requestID, a)
	return Line{Bytes: b}, err
}

// encodeNow is encode for an answer that needs nothing from the journal. ok is
// false for an answer that does, and for one that cannot be encoded.
func (l answerLine) encodeNow(s *Subscription) (line Line, ok bool) {
	if _, deferred := l.answer.Payload.(history.Deferred); deferred {
		return Line{}, false
	}
	line, err := l.encode(context.Background(), s)
	return line, err == nil
}

// encodeAnswer returns the line that answers a request.
func encodeAnswer(requestID string, a Answer) ([]byte, error) {
	switch {
	case a.Err != nil:
		return protocol.Encode(&protocol.ErrorMessage{ID: requestID, Error: protocol.AsError(a.Err).Wire()})
	case a.Payload == nil:
		return protocol.Encode(&protocol.PongMessage{ID: requestID})
	}
	return protocol.EncodeAnswer(requestID, a.Payload, a.Duplicate)
}
