package lookup

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// Messages are the messages of a session up to an event: comments, and the prompts that
// waited for an approval.
type Messages struct {
	until  journal.Seq
	reader rules.Projection
}

// itemBytesMin is how many bytes a list counts for an item in addition to its text.
const itemBytesMin = 64

// Page reads a page of messages, the oldest first. next is the event to continue from; it
// equals from at the end.
func (m Messages) Page(ctx context.Context, r history.Reader, from journal.Seq) (page []protocol.Message, next journal.Seq, err error) {
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
		e, shown, err := shared.DecodeFor(rec, m.reader)
		if err != nil {
			return nil, from, err
		}
		if !shown {
			continue
		}
		if message := shared.MessageOf(e); message != nil {
			page = append(page, *message)
			bytes += len(message.Text) + itemBytesMin
		}
	}
	return page, from, nil
}
