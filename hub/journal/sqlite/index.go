package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/hub/journal"
)

// indexRows is how many appends of a session that an earlier version began are
// indexed in one transaction.
const indexRows = 1000

// index adds events that were just appended to the tables listed and entry.
func (w *writer) index(key int64, records []journal.Record) error {
	for i := range records {
		r := &records[i]
		if journal.IsListed(r.Type) {
			if _, err := w.stmts.addListed.Exec(key, int64(r.Seq)); err != nil {
				return err
			}
		}
		about, ok := journal.AboutOf(r)
		if !ok {
			continue
		}
		var whole int64
		if about.Whole {
			whole = int64(r.Seq)
		}
		if _, err := w.stmts.addEntry.Exec(key, string(about.Subject), about.ID, int64(r.Seq), whole); err != nil {
			return err
		}
	}
	return nil
}

// indexMore indexes the next events of a session that are not indexed yet.
func (w *writer) indexMore(id journal.SessionID) error {
	s, err := w.session(id)
	if err != nil || s.indexed >= s.head.Seq {
		return err
	}
	rows, err := scanRows(w.stmts.findUnindexed.Query(s.key, int64(s.indexed), indexRows))
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("%w: events after %d of session %s are missing", errSize, s.indexed, id)
	}
	for i := range rows {
		records, err := rows[i].Decode(id)
		if err != nil {
			return &journal.DamageError{Session: id, Seq: rows[i].First, Place: rows[i].place(), Err: err}
		}
		if err := w.index(s.key, records); err != nil {
			return err
		}
		s.indexed = rows[i].Last
	}
	_, err = w.stmts.setIndexed.Exec(int64(s.indexed), s.key)
	return err
}

// readIndex reads from the index of a session with read. It first indexes the
// events of a session that an earlier version began, a bounded number in each
// transaction. The index of an unknown session is empty.
func readIndex[T any](ctx context.Context, j *Journal, operation string, id journal.SessionID, read func(key int64) (T, error)) (found T, err error) {
	if err := j.files.check(); err != nil {
		return found, j.wrap(operation, id, err)
	}
	for {
		key, complete, err := j.read.isIndexed(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return found, nil
		}
		if err != nil {
			return found, j.wrap(operation, id, err)
		}
		if complete {
			found, err = read(key)
			return found, j.wrap(operation, id, err)
		}
		if err := j.indexMore(ctx, id); err != nil {
			return found, j.wrap(operation, id, err)
		}
	}
}

func (j *Journal) indexMore(ctx context.Context, id journal.SessionID) error {
	commit := j.committer.Index(id)
	select {
	case <-commit.Done():
		return commit.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// isIndexed returns a session's key and whether all its events are indexed.
func (r *reader) isIndexed(ctx context.Context, id journal.SessionID) (key int64, complete bool, err error) {
	var head, indexed int64
	var hash []byte
	err = r.db.QueryRowContext(ctx, findIndexed, id[:]).Scan(&key, &head, &hash, &indexed)
	return key, indexed >= head, err
}

// Listed implements [journal.Journal].
func (j *Journal) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	return readIndex(ctx, j, "list events of", id, func(key int64) ([]journal.Seq, error) {
		return j.read.listed(ctx, key, from, limit)
	})
}

func (r *reader) listed(ctx context.Context, key int64, from journal.Seq, limit int) ([]journal.Seq, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT seq FROM listed WHERE session = ? AND seq >= ? ORDER BY seq LIMIT ?", key, int64(from), limit)
	return scanAll(rows, err, func(row scanner, n *journal.Seq) error { return row.Scan(n) })
}

// entryColumns are the columns that scanEntry scans.
const entryColumns = "id, first, whole, newest"

func scanEntry(row scanner, e *journal.Entry) error {
	return row.Scan(&e.ID, &e.First, &e.Whole, &e.Newest)
}

// Entry implements [journal.Journal].
func (j *Journal) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	operation := fmt.Sprintf("find one %s of", of)
	e, err := readIndex(ctx, j, operation, id, func(key int64) (e journal.Entry, err error) {
		row := j.read.db.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM entry WHERE session = ? AND subject = ? AND id = ?",
			key, string(of), subjectID)
		err = scanEntry(row, &e)
		return e, err
	})
	if err == nil && e.ID == "" {
		err = j.wrap(operation, id, sql.ErrNoRows)
	}
	return e, err
}

// Entries implements [journal.Journal].
func (j *Journal) Entries(ctx context.Context, id journal.SessionID, of journal.Subject, from journal.Seq, backward bool, limit int) ([]journal.Entry, error) {
	return readIndex(ctx, j, fmt.Sprintf("list every %s of", of), id, func(key int64) ([]journal.Entry, error) {
		return j.read.entries(ctx, key, of, from, backward, limit)
	})
}

func (r *reader) entries(ctx context.Context, key int64, of journal.Subject, from journal.Seq, backward bool, limit int) ([]journal.Entry, error) {
	compare, order := ">=", "ASC"
	if backward {
		compare, order = "<=", "DESC"
	}
	rows, err := r.db.QueryContext(ctx, fmt.Sprintf(
		"SELECT %s FROM entry WHERE session = ? AND subject = ? AND first %s ? ORDER BY first %s LIMIT ?", entryColumns, compare, order),
		key, string(of), int64(from), limit)
	return scanAll(rows, err, scanEntry)
}
