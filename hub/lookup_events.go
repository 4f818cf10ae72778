package hub

import (
	"context"
	"fmt"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// readEvent reads and decodes the event with a number.
func readEvent(ctx context.Context, r history.Reader, seq journal.Seq) (event, error) {
	for rec, err := range r.Records(ctx, seq) {
		if err != nil {
			return event{}, err
		}
		return decodeShared(rec)
	}
	return event{}, journal.ErrNotFound
}

// readEvents reads and decodes the events with these numbers. Of many or large
// events it may read only the first, but at least two.
func readEvents(ctx context.Context, r history.Reader, numbers []journal.Seq) (map[journal.Seq]event, error) {
	found := map[journal.Seq]event{}
	for bytes := 0; len(numbers) > 0 && (len(found) < 2 || bytes < history.PageBytes); {
		records, err := r.Journal.Events(ctx, r.Session, numbers)
		if err != nil {
			return nil, err
		}
		for _, rec := range records {
			if found[rec.Seq], err = decodeShared(rec); err != nil {
				return nil, err
			}
			bytes += len(rec.Public) + len(rec.Private)
		}
		numbers = numbers[len(records):]
	}
	return found, nil
}

// repeatedAnswer is the answer to a command that was carried out before.
type repeatedAnswer struct {
	command protocol.Command
	seq     journal.Seq // the event that the command caused
	answer  func(protocol.Command, event) any
}

// Read implements [history.Deferred].
func (a repeatedAnswer) Read(ctx context.Context, r history.Reader) (any, error) {
	e, err := readEvent(ctx, r, a.seq)
	if err != nil {
		return nil, fmt.Errorf("answer a repeated command: %w", err)
	}
	return a.answer(a.command, e), nil
}
