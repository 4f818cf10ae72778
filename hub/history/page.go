package history

import (
	"context"

	"parley/hub/journal"
	"parley/protocol"
)

// AnswerBytes bounds the events of one answer; the client asks for the rest
// with the next request.
const AnswerBytes = 1 << 20

// page is a range of a session's events.
type page struct {
	events []Event
	more   bool // there are more events in the requested direction
	gap    bool // the cursor is not of this journal, and the events are the newest
}

// page reads the events before or after a cursor, as many as fit into an answer.
func (r Reader) page(ctx context.Context, which protocol.History, head journal.Head) (page, error) {
	from, to, gap, err := r.window(ctx, which, head)
	if err != nil {
		return page{}, err
	}
	from = r.first(from)
	forward := which.After != "" && !gap
	read := r.Newest
	if forward {
		read = r.Oldest
	}
	events, err := read(ctx, from, to, AnswerBytes)
	if err != nil {
		return page{}, err
	}
	p := page{events: events, gap: gap}
	if n := journal.Seq(len(events)); forward {
		p.more = from+n <= head.Seq
	} else {
		p.more = to-n > r.first(1)
	}
	return p, nil
}

// window returns the numbers of the events that a request is for, without to.
func (r Reader) window(ctx context.Context, which protocol.History, head journal.Head) (from, to journal.Seq, gap bool, err error) {
	n := journal.Seq(which.Limit)
	newest := func(before journal.Seq) (journal.Seq, journal.Seq) { return max(before, n+1) - n, before }
	cursor := which.Before + which.After
	if cursor == "" {
		from, to = newest(head.Seq + 1)
		return from, to, false, nil
	}
	seq, ok, err := r.find(ctx, cursor, head)
	switch {
	case err != nil:
		return 0, 0, false, err
	case !ok:
		from, to = newest(head.Seq + 1)
		return from, to, true, nil
	case which.Before != "":
		from, to = newest(seq)
		return from, to, false, nil
	}
	return seq + 1, min(seq+1+n, head.Seq+1), false, nil
}
