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

// lists is what the lists of a session should contain, according to its events.
type lists struct {
	messages []journal.Seq
	entries  map[journal.Subject]map[string][]mention // by subject and id
}

// mention is an event about a participant or an approval.
type mention struct {
	seq   journal.Seq
	whole bool // the event shows the subject completely
}

func newLists() *lists {
	return &lists{entries: map[journal.Subject]map[string][]mention{journal.SubjectParticipant: {}, journal.SubjectApproval: {}}}
}

func (l *lists) add(r *journal.Record) {
	if journal.IsListed(r.Type) {
		l.messages = append(l.messages, r.Seq)
	}
	if about, ok := journal.AboutOf(r); ok {
		entries := l.entries[about.Subject]
		entries[about.ID] = append(entries[about.ID], mention{r.Seq, about.Whole})
	}
}

// checkLists checks what listings read: the columns of the session's row against
// their checksum, and the lists against the events.
func (v *verifier) checkLists(ctx context.Context, s sessionToCheck, want *lists) error {
	var sum []byte
	var until journal.Seq
	row := v.read.db.QueryRowContext(ctx, "SELECT "+summaryColumns+", sum, listed FROM session WHERE key = ?", s.key)
	summary, err := scanSummary(row, &sum, &until)
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

// checkMessages checks the list of messages. The events up to until are listed;
// the session may have grown behind its head since they were read.
func (v *verifier) checkMessages(ctx context.Context, s sessionToCheck, until journal.Seq, want []journal.Seq) error {
	stored, err := v.read.listed(ctx, s.key, 0, len(want)+1)
	if err != nil {
		return err
	}
	for i, n := range want {
		if n <= until && (i >= len(stored) || stored[i] != n) {
			return s.damage(n, "table listed does not match the events from here on")
		}
	}
	for _, n := range stored {
		if _, found := slices.BinarySearch(want, n); !found && n <= s.head {
			return s.damage(n, "table listed names an event that is not a message")
		}
	}
	return nil
}

// checkEntries checks the list of participants or approvals. The events up to until
// are listed; the session may have grown behind its head since they were read.
func (v *verifier) checkEntries(ctx context.Context, s sessionToCheck, until journal.Seq, of journal.Subject, want map[string][]mention) error {
	stored, err := v.read.entries(ctx, s.key, of, 0, false, len(want)+1)
	if err != nil {
		return err
	}
	missing := maps.Clone(want)
	for _, e := range stored {
		delete(missing, e.ID)
		if fault := faultOf(e, want[e.ID], s.head, until); fault != "" {
			return s.damage(e.First, fmt.Sprintf("table entry, %s: %s", of, fault))
		}
	}
	for _, events := range missing {
		if events[0].seq <= until {
			return s.damage(events[0].seq, fmt.Sprintf("table entry lacks a row for this %s", of))
		}
	}
	return nil
}

// faultOf compares an entry with the events about its subject up to head, those up
// to until being listed. It returns "" if they match.
func faultOf(e journal.Entry, events []mention, head, until journal.Seq) string {
	switch {
	case len(events) == 0 && e.First <= head, len(events) > 0 && events[0].seq != e.First:
		return "the first event is about something else"
	case e.Newest > head:
		return "" // written after the events were read
	}
	var want journal.Entry
	for _, event := range events {
		if event.seq <= max(until, e.Newest) {
			want.Add(event.seq, event.whole)
		}
	}
	switch {
	case want.Newest != e.Newest:
		return "another event is the newest"
	case want.Whole != e.Whole:
		return "another event is the newest that shows it completely"
	}
	return ""
}
