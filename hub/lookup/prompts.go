package lookup

import (
	"context"
	"errors"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// EndedPromptAnswer is the answer to a command about a prompt that is not open. It is always
// an error.
type EndedPromptAnswer struct{ shared.EndedPrompt }

// Read implements [history.Deferred]. It returns the error for a prompt that has ended, or
// APPROVAL_NOT_FOUND.
func (a EndedPromptAnswer) Read(ctx context.Context, r history.Reader) (any, error) {
	entry, err := r.Journal.Entry(ctx, r.Session, journal.SubjectApproval, a.ApprovalID)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, shared.ApprovalNotFound()
	}
	if err != nil {
		return nil, err
	}
	events, err := ReadEvents(ctx, r, shared.ApprovalEvents(entry))
	if err != nil {
		return nil, err
	}
	whole := events[entry.Whole]
	return nil, a.Err(shared.ApprovalOf(whole, events[entry.Newest]), shared.ResolverOf(whole))
}

// Approvals are all approvals of a session up to an event, including those that are done.
type Approvals struct {
	open   map[string]protocol.Approval // those that are not done, by id
	reader rules.Projection
	Until  journal.Seq // the newest event; the first call of Page begins here
}

// approvalsOf returns the approvals of a session up to its newest event.
func approvalsOf(s *shared.State, reader rules.Projection, at journal.Head) Approvals {
	return Approvals{s.OpenApprovals(reader), reader, at.Seq}
}

// Page reads a page of approvals, the newest first, from those that were created up to event
// from. next is the event to continue from; it equals from at the end.
func (m Approvals) Page(ctx context.Context, r history.Reader, from journal.Seq) (page []protocol.Approval, next journal.Seq, err error) {
	entries, err := r.Journal.Entries(ctx, r.Session, journal.SubjectApproval, from, true, history.PageItems)
	if err != nil {
		return nil, from, err
	}
	events, err := m.readFinished(ctx, r, entries)
	if err != nil {
		return nil, from, err
	}
	bytes := 0
	for _, entry := range entries {
		a, open := m.open[entry.ID]
		if !open {
			whole, ok := events[entry.Whole]
			newest, okNewest := events[entry.Newest]
			if !ok || !okNewest {
				break // the next page begins with it
			}
			a = shared.ApprovalOf(whole, newest)
		}
		if !open && entry.Newest < m.reader.From {
			from = entry.First - 1
			continue
		}
		page, from = append(page, a), entry.First-1
		if bytes += len(a.Prompt) + itemBytesMin; bytes >= history.PageBytes {
			break
		}
	}
	return page, from, nil
}

// readFinished reads the events of the approvals among the entries that are done.
func (m Approvals) readFinished(ctx context.Context, r history.Reader, entries []journal.Entry) (map[journal.Seq]rules.Event, error) {
	var numbers []journal.Seq
	for _, entry := range entries {
		if _, open := m.open[entry.ID]; !open {
			numbers = append(numbers, shared.ApprovalEvents(entry)...)
		}
	}
	events, err := ReadEvents(ctx, r, numbers)
	for seq, e := range events {
		if events[seq], err = shared.EventFor(e, m.reader); err != nil {
			return nil, err
		}
	}
	return events, err
}
