package hub

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
)

// readEvent reads and decodes the event with a number.
func readEvent(ctx context.Context, r history.Reader, seq journal.Seq, decode func(journal.Record) (event, error)) (event, error) {
	for rec, err := range r.Records(ctx, seq) {
		if err != nil {
			return event{}, err
		}
		return decode(rec)
	}
	return event{}, journal.ErrNotFound
}

// readEvents reads and decodes the events with these numbers; of many or large
// ones perhaps only the first, at least two.
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
