package lookup

import (
	"context"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// NamedAttachments returns the ids of the attachments that messages and prompts of a session
// name, from event from on. Its cost does not depend on what the agent has sent.
func NamedAttachments(ctx context.Context, r history.Reader, from journal.Seq) (map[string]bool, error) {
	named := map[string]bool{}
	next := from
	err := eachPage(ctx, r, named, func() ([]journal.Seq, error) {
		numbers, err := r.Journal.Listed(ctx, r.Session, next, history.PageItems)
		if len(numbers) > 0 {
			next = numbers[len(numbers)-1] + 1
		}
		return numbers, err
	})
	if err != nil {
		return nil, err
	}
	next = from
	return named, eachPage(ctx, r, named, func() (numbers []journal.Seq, err error) {
		entries, err := r.Journal.Entries(ctx, r.Session, journal.SubjectApproval, next, false, history.PageItems)
		for _, e := range entries {
			numbers, next = append(numbers, e.Whole), e.First+1
		}
		return numbers, err
	})
}

// eachPage reads the events of all pages, and adds the attachments that they name.
func eachPage(ctx context.Context, r history.Reader, named map[string]bool, page func() ([]journal.Seq, error)) error {
	for {
		numbers, err := page()
		if err != nil || len(numbers) == 0 {
			return err
		}
		for len(numbers) > 0 {
			events, err := ReadEvents(ctx, r, numbers)
			if err != nil {
				return err
			}
			for len(numbers) > 0 {
				e, found := events[numbers[0]]
				if !found {
					break
				}
				addAttachments(named, e)
				numbers = numbers[1:]
			}
		}
	}
}

func addAttachments(named map[string]bool, e rules.Event) {
	for _, c := range attachmentsOf(e) {
		named[c.ID] = true
	}
}

func attachmentsOf(e rules.Event) (files []protocol.Content) {
	var content []protocol.Content
	if m := shared.MessageOf(e); m != nil {
		content = m.Content
	} else {
		content = shared.ApprovalOf(e, e).Content
	}
	for _, c := range content {
		if c.Type == protocol.ContentAttachment {
			files = append(files, c)
		}
	}
	return files
}

// AttachmentsOf returns the attachments that an event names. It decodes only events that can
// name some.
func AttachmentsOf(r journal.Record) ([]protocol.Content, error) {
	about, ok := journal.AboutOf(&r)
	if !journal.IsListed(r.Type) && !(ok && about.Subject == journal.SubjectApproval && about.Whole) {
		return nil, nil
	}
	e, err := shared.DecodeEvent(r)
	if err != nil {
		return nil, err
	}
	return attachmentsOf(e), nil
}
