package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"parley/hub"
)

// lists are what the lists of a session have to hold, by its events.
type lists struct {
	messages []hub.Seq
	people   map[string][]hub.Seq // the events about each participant
}

func newLists() *lists { return &lists{people: map[string][]hub.Seq{}} }

func (l *lists) add(r *hub.Record) {
	if hub.IsListed(r.Type) {
		l.messages = append(l.messages, r.Seq)
	}
	if id := hub.PersonOf(r); id != "" {
		l.people[id] = append(l.people[id], r.Seq)
	}
}

// checkDerived compares what lists are made of with what was written: the columns
// of the session's row with their checksum, and the lists with the events.
func (v *verifier) checkDerived(ctx context.Context, s sessionToCheck, want *lists) error {
	var sum []byte
	var until hub.Seq
	row := v.read.db.QueryRowContext(ctx, "SELECT "+summaryColumns+", sum, listed FROM session WHERE key = ?", s.key)
	summary, err := scanSummary(andMore{row, []any{&sum, &until}})
	if err != nil {
		return err
	}
	if sum != nil && !bytes.Equal(sum, summarySum(&summary)) {
		return s.damage(s.head, "the session's summary does not match its checksum")
	}
	if err := v.checkMessages(ctx, s, until, want.messages); err != nil || v.version < 3 {
		return err
	}
	return v.checkPeople(ctx, s, until, want.people)
}

func (s sessionToCheck) damage(seq hub.Seq, what string) error {
	return &hub.DamageError{Session: s.id, Seq: seq, Place: fmt.Sprintf("session row %d", s.key), Err: errors.New(what)}
}

func (v *verifier) checkMessages(ctx context.Context, s sessionToCheck, until hub.Seq, listed []hub.Seq) error {
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

// checkPeople takes into account that the session may have gone on since its events
// were read, and that an earlier version may have begun it: then only a part of it
// is listed.
func (v *verifier) checkPeople(ctx context.Context, s sessionToCheck, until hub.Seq, people map[string][]hub.Seq) error {
	there, err := v.read.people(ctx, s.key, 0, false, len(people)+1)
	if err != nil {
		return err
	}
	missing := maps.Clone(people)
	for _, p := range there {
		events := people[p.ID]
		delete(missing, p.ID)
		switch _, found := slices.BinarySearch(events, p.Newest); {
		case len(events) == 0 && p.Joined <= s.head, len(events) > 0 && events[0] != p.Joined:
			return s.damage(p.Joined, "table person names a participant whom the event is not about")
		case p.Newest <= s.head && !found:
			return s.damage(p.Newest, "table person names an event that is not about the participant")
		case p.Newest <= s.head && slices.ContainsFunc(events, func(n hub.Seq) bool { return n > p.Newest && n <= until }):
			return s.damage(p.Newest, "table person does not name the newest event about a participant")
		}
	}
	for _, events := range missing {
		if events[0] <= until {
			return s.damage(events[0], "table person lacks a participant")
		}
	}
	return nil
}
