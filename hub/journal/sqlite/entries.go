package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"parley/hub/journal"
)

// entryColumns are those that scanEntry reads.
const entryColumns = "id, first, whole, newest"

// Entry implements journal.Journal.
func (j *Journal) Entry(ctx context.Context, id journal.SessionID, of journal.Subject, subjectID string) (journal.Entry, error) {
	what := fmt.Sprintf("find one %s of", of)
	e, err := inList(ctx, j, what, id, func(key int64) (e journal.Entry, err error) {
		row := j.read.db.QueryRowContext(ctx, "SELECT "+entryColumns+" FROM entry WHERE session = ? AND subject = ? AND id = ?",
			key, string(of), subjectID)
		err = scanEntry(row, &e)
		return e, err
	})
	if err == nil && e.ID == "" {
		err = j.wrap(what, id, sql.ErrNoRows)
	}
	return e, err
}

// Entries implements journal.Journal.
func (j *Journal) Entries(ctx context.Context, id journal.SessionID, of journal.Subject, from journal.Seq, backward bool, limit int) ([]journal.Entry, error) {
	return inList(ctx, j, fmt.Sprintf("list every %s of", of), id, func(key int64) ([]journal.Entry, error) {
		return j.read.entries(ctx, key, of, from, backward, limit)
	})
}

func (r *reader) entries(ctx context.Context, key int64, of journal.Subject, from journal.Seq, backward bool, limit int) (found []journal.Entry, err error) {
	compare, order := ">=", "ASC"
	if backward {
		compare, order = "<=", "DESC"
	}
	rows, err := r.db.QueryContext(ctx, fmt.Sprintf(
		"SELECT %s FROM entry WHERE session = ? AND subject = ? AND first %s ? ORDER BY first %s LIMIT ?", entryColumns, compare, order),
		key, string(of), int64(from), limit)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var e journal.Entry
		if err := scanEntry(rows, &e); err != nil {
			return nil, err
		}
		found = append(found, e)
	}
	return found, rows.Err()
}

func scanEntry(row scanner, e *journal.Entry) error {
	return row.Scan(&e.ID, &e.First, &e.Whole, &e.Newest)
}
