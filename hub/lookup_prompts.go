package hub

import (
	"context"
	"errors"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// endedPromptAnswer is the answer to a command about a prompt that is not open:
// always an error.
type endedPromptAnswer struct{ endedPrompt }

// Read implements [history.Deferred]. It always returns an error.
func (a endedPromptAnswer) Read(ctx context.Context, r history.Reader) (any, error) {
	entry, err := r.Journal.Entry(ctx, r.Session, journal.SubjectApproval, a.approvalID)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, approvalNotFound()
	}
	if err != nil {
		return nil, err
	}
	events, err := readEvents(ctx, r, eventsOf(entry))
	if err != nil {
		return nil, err
	}
	whole := events[entry.Whole]
	return nil, a.refusal(approvalIn(whole, events[entry.Newest]), deciderIn(whole))
}

// approvals are all approvals of a session up to an event, those that are done
// included.
type approvals struct {
	open  map[string]protocol.Approval // those that are not done, by id
	until journal.Seq
}

// approvalsOf returns the approvals of a session up to its newest event.
func approvalsOf(s *sharedState, at journal.Head) approvals {
	open := make(map[string]protocol.Approval, len(s.Open))
	for _, o := range s.Open {
		open[o.Approval.ID] = o.Approval
	}
	return approvals{open, at.Seq}
}

// page reads approvals, the newest first, from those that were proposed up to an
// event, and returns the event to continue from.
func (m approvals) page(ctx context.Context, r history.Reader, from journal.Seq) (page []protocol.Approval, next journal.Seq, err error) {
	entries, err := r.Journal.Entries(ctx, r.Session, journal.SubjectApproval, from, true, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	events, err := m.readDone(ctx, r, entries)
	if err != nil {
		return nil, from, err
	}
	bytes := 0
	for _, entry := range entries {
		a, open := m.open[entry.ID]
		if !open {
			whole, ok := events[entry.Whole]
			newest, okToo := events[entry.Newest]
			if !ok || !okToo {
				break // the next page has it
			}
			a = approvalIn(whole, newest)
		}
		page, from = append(page, a), entry.First-1
		if bytes += len(a.Prompt) + itemBytesMin; bytes >= history.PageBytes {
			break
		}
	}
	return page, from, nil
}

// readDone reads the events of the approvals that are done.
func (m approvals) readDone(ctx context.Context, r history.Reader, entries []journal.Entry) (map[journal.Seq]event, error) {
	var numbers []journal.Seq
	for _, entry := range entries {
		if _, open := m.open[entry.ID]; !open {
			numbers = append(numbers, eventsOf(entry)...)
		}
	}
	return readEvents(ctx, r, numbers)
}
