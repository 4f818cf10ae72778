package feed

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// reading is the part of a subscription that the connection's goroutine owns.
type reading struct {
	opened bool
	resume string         // one of the protocol's outcomes of a resume
	past   history.Reader // what happened before and what was missed; without a tail once the subscription is live
	lent   *[]byte        // buffer of the welcome, until the next Take
}

// replayBytes is how much is read from the journal, or encoded for answers, at a
// time: enough to make reading cheap, and little enough to hold for many clients
// at once.
const replayBytes = 256 << 10

// Opening returns where the subscription begins: the cursor before its first
// event, and ResumeNew, ResumeOK or ResumeGap.
func (s *Subscription) Opening(ctx context.Context) (protocol.Cursor, string, error) {
	if err := s.open(ctx); err != nil {
		return protocol.Cursor{}, "", err
	}
	if s.reading.resume == protocol.ResumeOK {
		c, err := protocol.ParseCursor(s.cursor)
		return c, s.reading.resume, err
	}
	begin := s.seat.begin
	return protocol.NewCursor(uint64(begin.Seq), begin.Hash), s.reading.resume, nil
}

// open decides by the client's cursor where the subscription begins, once.
func (s *Subscription) open(ctx context.Context) error {
	if s.reading.opened {
		return nil
	}
	next, resume, err := s.reading.past.Resume(ctx, s.cursor, s.seat.begin)
	if err != nil {
		return err
	}
	s.reading.opened, s.reading.resume = true, resume
	s.backlog.readFrom(next)
	return nil
}

// Next waits for lines to send and returns all that are there, within limits.
// The first line is the welcome, unless the subscription is for events only.
// Next returns ctx's error when ctx ends, and a [*Closed] when the subscription
// has ended. Lines without a cursor are valid until the next call.
func (s *Subscription) Next(ctx context.Context) ([]Line, error) {
	for {
		lines, err := s.Take(ctx)
		if len(lines) > 0 || err != nil {
			return lines, err
		}
		select {
		case <-s.backlog.sink.(pull):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Take is Next without the waiting: it returns no lines when there are none. ctx
// bounds reading the journal.
func (s *Subscription) Take(ctx context.Context) ([]Line, error) {
	s.reading.reclaim()
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	next := s.backlog.take()
	if next.idle {
		s.reading.past.Tail = nil // nothing is left to read
	}
	var lines []Line
	var err error
	switch {
	case len(next.items) > 0:
		lines, err = s.encode(ctx, next.items)
	case next.from > 0:
		lines, err = s.replay(ctx, next.from, next.to)
	case next.closed != nil:
		err = next.closed
	}
	s.backlog.returned(lines)
	return coalesced(lines), err
}

// replay reads a piece of the events that the client has missed.
func (s *Subscription) replay(ctx context.Context, from, to journal.Seq) ([]Line, error) {
	slot, err := s.feed.reads.Enter(ctx, s.seat.host)
	if err != nil {
		return nil, err
	}
	events, err := s.reading.past.Oldest(ctx, from, to, replayBytes)
	slot.Leave()
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(events))
	for i, e := range events {
		lines[i] = eventLine(e)
	}
	s.backlog.readFrom(from + journal.Seq(len(lines)))
	return lines, nil
}

// encode returns the lines of items, and encodes those that have none yet. An
// answer can have history.AnswerBytes, so what follows replayBytes of them
// returns to the backlog.
func (s *Subscription) encode(ctx context.Context, items []item) ([]Line, error) {
	lines := make([]Line, 0, len(items))
	encoded := 0
	for n, i := range items {
		if i.late != nil {
			if encoded >= replayBytes {
				s.backlog.putBack(items[n:])
				break
			}
			var err error
			if i.line, err = s.encodeLate(ctx, i.late); err != nil {
				return nil, err
			}
			encoded += len(i.line.Bytes)
		}
		lines = append(lines, i.line)
	}
	return lines, nil
}

func (s *Subscription) encodeLate(ctx context.Context, l lateLine) (Line, error) {
	slot, err := s.feed.reads.Enter(ctx, s.seat.host)
	if err != nil {
		return Line{}, err
	}
	defer slot.Leave()
	return l.encode(ctx, s)
}
