package hub

import (
	"context"
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// replay reads a piece of the journal.
func (s *Subscription) replay(ctx context.Context, from, to journal.Seq) ([]Line, error) {
	slot, err := s.hub.reads.Enter(ctx, s.host)
	if err != nil {
		return nil, err
	}
	events, err := s.past().Oldest(ctx, from, to, replayBytes)
	slot.Leave()
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(events))
	for i, e := range events {
		lines[i] = lineOf(e)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = from + journal.Seq(len(lines))
	return lines, nil
}

// replayBytes is how much is read from the journal at a time: enough to make
// the reading cheap, little enough to hold for many clients at once.
const replayBytes = 256 << 10

// lines makes the answers among items. One can be as large as history.AnswerBytes, so
// what comes behind replayBytes of them waits, unmade, for the next call.
func (s *Subscription) lines(ctx context.Context, items []item) ([]Line, error) {
	lines := make([]Line, 0, len(items))
	made := 0
	for n, i := range items {
		if i.make != nil {
			if made >= replayBytes {
				s.putBack(items[n:])
				break
			}
			slot, err := s.hub.reads.Enter(ctx, s.host)
			if err != nil {
				return nil, err
			}
			l, err := i.make(ctx)
			slot.Leave()
			if err != nil {
				return nil, err
			}
			i.line = l
			made += len(l.Bytes)
		}
		lines = append(lines, i.line)
	}
	return lines, nil
}

// putBack puts items in front of the queue that poll has just taken from it.
func (s *Subscription) putBack(items []item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil && s.closed.Code == protocol.CloseTooSlow {
		return // the queue behind them was dropped
	}
	for _, i := range items {
		s.bytes += len(i.line.Bytes) + itemCost
	}
	s.queue = slices.Concat(items, s.queue)
	s.count()
}
