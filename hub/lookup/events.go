package lookup

import (
	"context"
	"fmt"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// readEvent reads and decodes one event. It returns [journal.ErrNotFound] if the event does
// not exist.
func readEvent(ctx context.Context, r history.Reader, seq journal.Seq) (rules.Event, error) {
	for rec, err := range r.Records(ctx, seq) {
		if err != nil {
			return rules.Event{}, err
		}
		return shared.DecodeEvent(rec)
	}
	return rules.Event{}, journal.ErrNotFound
}

// ReadEvents reads and decodes the events with the given numbers. If they take more than
// [history.PageBytes], it may return only the first of them, but at least two.
func ReadEvents(ctx context.Context, r history.Reader, numbers []journal.Seq) (map[journal.Seq]rules.Event, error) {
	found := map[journal.Seq]rules.Event{}
	for bytes := 0; len(numbers) > 0 && (len(found) < 2 || bytes < history.PageBytes); {
		records, err := r.Journal.Events(ctx, r.Session, numbers)
		if err != nil {
			return nil, err
		}
		for _, rec := range records {
			if found[rec.Seq], err = shared.DecodeEvent(rec); err != nil {
				return nil, err
			}
			bytes += len(rec.Public) + len(rec.Private)
		}
		numbers = numbers[len(records):]
	}
	return found, nil
}

// RepeatedAnswer is the answer to a command that was carried out before, computed from its
// primary event.
type RepeatedAnswer struct {
	Command protocol.Command
	Seq     journal.Seq                             // the primary event
	Answer  func(protocol.Command, rules.Event) any // see [rules.State.Answerer]
}

// Read implements [history.Deferred].
func (a RepeatedAnswer) Read(ctx context.Context, r history.Reader) (any, error) {
	e, err := readEvent(ctx, r, a.Seq)
	if err != nil {
		return nil, fmt.Errorf("answer a repeated command: %w", err)
	}
	return a.Answer(a.Command, e), nil
}
