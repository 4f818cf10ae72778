package hub

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// messages are the messages of a session up to an event: comments, and the
// prompts that had to wait for an approval.
type messages struct{ until journal.Seq }

// itemBytesMin is what a list counts for an item beside its text.
const itemBytesMin = 64

// page reads messages, the oldest first, and returns the event to continue from.
func (m messages) page(ctx context.Context, r history.Reader, from journal.Seq) (page []protocol.Message, next journal.Seq, err error) {
	numbers, err := r.Journal.Listed(ctx, r.Session, from, history.PageItems)
	for len(numbers) > 0 && numbers[len(numbers)-1] > m.until {
		numbers = numbers[:len(numbers)-1]
	}
	if err != nil || len(numbers) == 0 {
		return nil, from, err
	}
	records, err := r.Journal.Events(ctx, r.Session, numbers)
	if err != nil {
		return nil, from, err
	}
	bytes := 0
	for _, rec := range records {
		if bytes >= history.PageBytes {
			break
		}
		from = rec.Seq + 1
		e, err := decodeShared(rec)
		if err != nil {
			return nil, from, err
		}
		if said := messageIn(e); said != nil {
			page = append(page, *said)
			bytes += len(said.Text) + itemBytesMin
		}
	}
	return page, from, nil
}
