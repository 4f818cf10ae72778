package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"parley/hub/journal"
)

// lists are what the lists of a session have to hold, by its events.
type lists struct {
	messages []journal.Seq
	entries  map[journal.Subject]map[string][]aboutIt
}

// aboutIt is an event about a participant or an approval.
type aboutIt struct {
	seq   journal.Seq
	whole bool // it shows that whole
}

func newLists() *lists {
	return &lists{entries: map[journal.Subject]map[string][]aboutIt{journal.SubjectParticipant: {}, journal.SubjectApproval: {}}}
}

func (l *lists) add(r *journal.Record) {
	if journal.IsListed(r.Type) {
		l.messages = append(l.messages, r.Seq)
	}
	if about, ok := journal.AboutOf(r); ok {
		of := l.entries[about.Subject]
		of[about.ID] = append(of[about.ID], aboutIt{r.Seq, about.Whole})
	}
}

// checkDerived compares what lists are made of with what was written: the columns
// of the session's row with their checksum, and the lists with the events.
func (v *verifier) checkDerived(ctx context.Context, s sessionToCheck, want *lists) error {
	var sum []byte
	var until journal.Seq
	row := v.read.db.QueryRowContext(ctx, "SELECT "+summaryColumns+", sum, listed FROM session WHERE key = ?", s.key)
	summary, err := scanSummary(andMore{row, []any{&sum, &until}})
	if err != nil {
		return err
	}
	if sum != nil && !bytes.Equal(sum, summarySum(&summary)) {
		return s.damage(s.head, "the session's summary does not match its checksum")
	}
	if err := v.checkMessages(ctx, s, until, want.messages); err != nil || v.version < 4 {
		return err
	}
	for _, of := range []journal.Subject{journal.SubjectParticipant, journal.SubjectApproval} {
		if err := v.checkEntries(ctx, s, until, of, want.entries[of]); err != nil {
			return err
		}
	}
	return nil
}

func (s sessionToCheck) damage(seq journal.Seq, what string) error {
	return &journal.DamageError{Session: s.id, Seq: seq, Place: fmt.Sprintf("session row %d", s.key), Err: errors.New(what)}
}

func (v *verifier) checkMessages(ctx context.Context, s sessionToCheck, until journal.Seq, listed []journal.Seq) error {
	there, err := v.read.listed(ctx, s.key, 0, len(listed)+1)
	if err != nil {
		return err
	}
	for i, n := range listed {
		if n <= until && (i >= len(there) || there[i] != n) {
			return s.damage(n, "table listed does not match the events from here on")
		}
	}
	for _, n := range there {
		if _, found := slices.BinarySearch(listed, n); !found && n <= s.head {
			return s.damage(n, "table listed names an event that is not to be listed")
		}
	}
	return nil
}

// checkEntries takes into account that the session may have gone on since its events
// were read, and that an earlier version may have begun it: then only a part of it
// is listed.
func (v *verifier) checkEntries(ctx context.Context, s sessionToCheck, until journal.Seq, of journal.Subject, about map[string][]aboutIt) error {
	there, err := v.read.entries(ctx, s.key, of, 0, false, len(about)+1)
	if err != nil {
		return err
	}
	missing := maps.Clone(about)
	for _, e := range there {
		delete(missing, e.ID)
		if what := wrong(e, about[e.ID], s.head, until); what != "" {
			return s.damage(e.First, fmt.Sprintf("table entry, %s: %s", of, what))
		}
	}
	for _, events := range missing {
		if events[0].seq <= until {
			return s.damage(events[0].seq, fmt.Sprintf("table entry lacks one %s", of))
		}
	}
	return nil
}

// wrong says in which way an entry is not what the events about it, up to head, make
// of it; empty when it is. Those up to until are listed.
func wrong(e journal.Entry, events []aboutIt, head, until journal.Seq) string {
	switch {
	case len(events) == 0 && e.First <= head, len(events) > 0 && events[0].seq != e.First:
		return "the first event is about something else"
	case e.Newest > head:
		return "" // the events that say so were not read
	}
	var want journal.Entry
	for _, event := range events {
		if event.seq <= max(until, e.Newest) {
			want.Add(event.seq, event.whole)
		}
	}
	switch {
	case want.Newest != e.Newest:
		return "the newest event is another one"
	case want.Whole != e.Whole:
		return "another event is the newest that shows it whole"
	}
	return ""
}
