package rulestest

import (
	"context"

	"parley/hub/journal"
)

// sliceJournal is the journal of one session. It has no methods but those below.
type sliceJournal struct {
	journal.Journal
	records []journal.Record
}

// Entry implements [journal.Journal].
func (j sliceJournal) Entry(_ context.Context, _ journal.SessionID, subject journal.Subject, id string) (e journal.Entry, err error) {
	for i := range j.records {
		about, _ := journal.AboutOf(&j.records[i])
		if about.Subject != subject || about.ID != id {
			continue
		}
		if e.ID == "" {
			e = journal.Entry{ID: id, First: j.records[i].Seq}
		}
		e.Add(j.records[i].Seq, about.Whole)
	}
	if e.ID == "" {
		err = journal.ErrNotFound
	}
	return e, err
}

// Events implements [journal.Journal].
func (j sliceJournal) Events(_ context.Context, _ journal.SessionID, numbers []journal.Seq) (found []journal.Record, _ error) {
	for _, n := range numbers {
		found = append(found, j.records[n-1])
	}
	return found, nil
}
