package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// Read implements [journal.Journal].
func (j *Journal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		rows, head, err := j.rowsFrom(id, from)
		if err != nil {
			yield(journal.Record{}, err)
			return
		}
		chain := engine.NewChain(id, from)
		for i := range rows {
			if err := ctx.Err(); err != nil {
				yield(journal.Record{}, fmt.Errorf("read session %s: %w", id, err))
				return
			}
			records, err := chain.Row(&rows[i], "memory")
			for _, r := range records {
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(journal.Record{}, err)
				return
			}
		}
		if err := chain.End(head, "memory"); err != nil {
			yield(journal.Record{}, err)
		}
	}
}

// rowsFrom returns the rows that hold the events from event from on, and the session's
// head. Rows never change, so the caller may read them without the lock.
func (j *Journal) rowsFrom(id journal.SessionID, from journal.Seq) ([]engine.Row, journal.Head, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return nil, journal.Head{}, fmt.Errorf("read session %s: %w", id, journal.ErrClosed)
	}
	s := j.sessions[id]
	if s == nil {
		return nil, engine.Origin(id), nil
	}
	return s.rows[s.rowOf(from):], s.head, nil
}

// Listed implements [journal.Journal].
func (j *Journal) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	var found []journal.Seq
	for r, err := range j.Read(ctx, id, max(from, 1)) {
		if err != nil || len(found) >= limit {
			return found, err
		}
		if journal.IsListed(r.Type) {
			found = append(found, r.Seq)
		}
	}
	return found, nil
}

// Entry implements [journal.Journal].
func (j *Journal) Entry(_ context.Context, id journal.SessionID, of journal.Subject, subjectID string) (e journal.Entry, err error) {
	err = j.view("find one "+string(of)+" of", id, func(s *session) bool {
		indexed := s.entries[of]
		if indexed == nil {
			return false
		}
		i, found := indexed.places[subjectID]
		if found {
			e = indexed.all[i]
		}
		return found
	})
	return e, err
}

// Entries implements [journal.Journal].
func (j *Journal) Entries(_ context.Context, id journal.SessionID, of journal.Subject, from journal.Seq, backward bool, limit int) (found []journal.Entry, err error) {
	err = j.view("list every "+string(of)+" of", id, func(s *session) bool {
		if indexed := s.entries[of]; indexed != nil {
			found = indexed.page(from, backward, limit)
		}
		return true
	})
	if errors.Is(err, journal.ErrNotFound) {
		return nil, nil
	}
	return found, err
}

// page returns the entries for [Journal.Entries].
func (e *entries) page(from journal.Seq, backward bool, limit int) []journal.Entry {
	at, exact := slices.BinarySearchFunc(e.all, from, func(e journal.Entry, n journal.Seq) int { return cmp.Compare(e.First, n) })
	if !backward {
		return slices.Clone(e.all[at:min(at+limit, len(e.all))])
	}
	if exact {
		at++
	}
	page := slices.Clone(e.all[max(0, at-limit):at])
	slices.Reverse(page)
	return page
}

// Events implements [journal.Journal].
func (j *Journal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	var found []journal.Record
	for _, n := range numbers {
		r, err := j.event(ctx, id, n)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

func (j *Journal) event(ctx context.Context, id journal.SessionID, n journal.Seq) (journal.Record, error) {
	if n > 0 {
		for r, err := range j.Read(ctx, id, n) {
			return r, err
		}
	}
	return journal.Record{}, fmt.Errorf("event %d of session %s: %w", n, id, journal.ErrNotFound)
}

// Head implements [journal.Journal].
func (j *Journal) Head(_ context.Context, id journal.SessionID) (journal.Head, error) {
	var head journal.Head
	err := j.view("head of", id, func(s *session) bool { head = s.head; return true })
	return head, err
}

// Snapshot implements [journal.Journal].
func (j *Journal) Snapshot(_ context.Context, id journal.SessionID) (journal.Snapshot, error) {
	var snapshot journal.Snapshot
	err := j.view("snapshot of", id, func(s *session) bool {
		if s.snapshot == nil {
			return false
		}
		snapshot = *s.snapshot
		snapshot.State = slices.Clone(snapshot.State)
		return true
	})
	return snapshot, err
}

// Summary implements [journal.Journal].
func (j *Journal) Summary(_ context.Context, id journal.SessionID) (journal.Summary, error) {
	var summary journal.Summary
	err := j.view("summary of", id, func(s *session) bool { summary = cloneSummary(s.summary); return true })
	return summary, err
}

// view calls get with a session, holding the lock. get returns false if the session
// does not have what the caller asked for.
func (j *Journal) view(what string, id journal.SessionID, get func(*session) bool) error {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return fmt.Errorf("%s session %s: %w", what, id, journal.ErrClosed)
	}
	if s := j.sessions[id]; s == nil || !get(s) {
		return fmt.Errorf("%s session %s: %w", what, id, journal.ErrNotFound)
	}
	return nil
}

// List implements [journal.Journal].
func (j *Journal) List(_ context.Context, f journal.Filter) ([]journal.Summary, error) {
	newestFirst := func(a, b journal.Summary) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), slices.Compare(b.Session[:], a.Session[:]))
	}
	place := journal.Summary{CreatedAt: f.Before.CreatedAt, Session: f.Before.Session}
	return j.summaries(f.Limit, newestFirst, func(s *journal.Summary) bool {
		return (f.Before == journal.Place{} || newestFirst(place, *s) < 0) &&
			(f.Kind == "" || f.Kind == s.Kind) &&
			(f.Workspace == "" || f.Workspace == s.Workspace) &&
			(f.HostSession.IsZero() || f.HostSession == s.HostSession) &&
			(f.Status == "" || f.Status == s.Status)
	})
}

// Count implements [journal.Journal].
func (j *Journal) Count(ctx context.Context, f journal.Filter) (int, error) {
	found, err := j.List(ctx, f)
	return len(found), err
}

// Due implements [journal.Journal].
func (j *Journal) Due(_ context.Context, before time.Time, limit int) ([]journal.Summary, error) {
	if limit <= 0 {
		return nil, nil
	}
	earliestFirst := func(a, b journal.Summary) int {
		return cmp.Or(a.Due.Compare(b.Due), slices.Compare(a.Session[:], b.Session[:]))
	}
	return j.summaries(limit, earliestFirst, func(s *journal.Summary) bool {
		return !s.Due.IsZero() && s.Due.Before(before)
	})
}

// summaries returns the summaries that match, sorted, at most limit unless it is 0.
func (j *Journal) summaries(
	limit int, order func(a, b journal.Summary) int, match func(*journal.Summary) bool,
) ([]journal.Summary, error) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	if j.closed {
		return nil, fmt.Errorf("list sessions: %w", journal.ErrClosed)
	}
	var found []journal.Summary
	for _, s := range j.sessions {
		if match(&s.summary) {
			found = append(found, cloneSummary(s.summary))
		}
	}
	slices.SortFunc(found, order)
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	return found, nil
}

func cloneSummary(s journal.Summary) journal.Summary {
	s.Resource = slices.Clone(s.Resource)
	return s
}
