package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/hub/journal"
)

// listRows is how many appends of a session that an earlier version began are
// listed in one transaction.
const listRows = 1000

// list notes which of the events that were just appended are listed, and what they
// are about.
func (w *writer) list(key int64, records []journal.Record) error {
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

// listMore lists the next events of a session that are not.
func (w *writer) listMore(id journal.SessionID) error {
	s, err := w.session(id)
	if err != nil || s.listed >= s.head.Seq {
		return err
	}
	rows, err := scanRows(w.stmts.toList.Query(s.key, int64(s.listed), listRows))
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("%w: events behind %d of session %s are missing", errSize, s.listed, id)
	}
	for i := range rows {
		records, err := rows[i].Decode(id)
		if err != nil {
			return &journal.DamageError{Session: id, Seq: rows[i].First, Place: fmt.Sprintf("row %d", rows[i].lsn), Err: err}
		}
		if err := w.list(s.key, records); err != nil {
			return err
		}
		s.listed = rows[i].Last
	}
	_, err = w.stmts.setListed.Exec(int64(s.listed), s.key)
	return err
}

// Listed implements journal.Journal.
func (j *Journal) Listed(ctx context.Context, id journal.SessionID, from journal.Seq, limit int) ([]journal.Seq, error) {
	return inList(ctx, j, "list events of", id, func(key int64) ([]journal.Seq, error) {
		return j.read.listed(ctx, key, from, limit)
	})
}

// inList reads from the lists of a session. It first lists the events of one that
// an earlier version began, a bounded number in each transaction. A session that
// does not exist has empty lists.
func inList[T any](ctx context.Context, j *Journal, what string, id journal.SessionID, read func(key int64) (T, error)) (found T, err error) {
	if err := j.files.check(); err != nil {
		return found, j.wrap(what, id, err)
	}
	for {
		key, whole, err := j.read.isListed(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return found, nil
		}
		if err != nil {
			return found, j.wrap(what, id, err)
		}
		if whole {
			found, err = read(key)
			return found, j.wrap(what, id, err)
		}
		if err := j.listMore(ctx, id); err != nil {
			return found, j.wrap(what, id, err)
		}
	}
}

func (j *Journal) listMore(ctx context.Context, id journal.SessionID) error {
	commit := j.committer.Index(id)
	select {
	case <-commit.Done():
		return commit.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// isListed returns a session's key and whether all its events are listed.
func (r *reader) isListed(ctx context.Context, id journal.SessionID) (key int64, whole bool, err error) {
	var head, listed int64
	var hash []byte
	err = r.db.QueryRowContext(ctx, findListed, id[:]).Scan(&key, &head, &hash, &listed)
	return key, listed >= head, err
}

func (r *reader) listed(ctx context.Context, key int64, from journal.Seq, limit int) (found []journal.Seq, err error) {
	rows, err := r.db.QueryContext(ctx, "SELECT seq FROM listed WHERE session = ? AND seq >= ? ORDER BY seq LIMIT ?", key, int64(from), limit)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n journal.Seq
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		found = append(found, n)
	}
	return found, rows.Err()
}

// findEvents returns the rows that hold events of given numbers, in the order in
// which these stand in a JSON array: json_each is the outer loop.
const findEvents = "SELECT " + rowColumns + ` FROM json_each(?2) n CROSS JOIN append
	WHERE session = ?1 AND seq = (SELECT max(seq) FROM append WHERE session = ?1 AND seq <= n.value)`

// Events implements journal.Journal.
func (j *Journal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	if err := j.files.check(); err != nil {
		return nil, j.wrap("read", id, err)
	}
	found, err := j.read.events(ctx, id, numbers)
	return found, j.wrap("read", id, err)
}

func (r *reader) events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	s, err := r.find(ctx, id)
	if err != nil {
		return nil, err
	}
	wanted, err := json.Marshal(numbers)
	if err != nil {
		return nil, err
	}
	rows, err := scanRows(r.db.QueryContext(ctx, findEvents, s.key, string(wanted)))
	if err != nil {
		return nil, err
	}
	var found []journal.Record
	for i, row := range rows {
		records, err := row.Decode(id)
		at := numbers[i] - row.First
		if err != nil {
			return nil, &journal.DamageError{Session: id, Seq: numbers[i], Place: fmt.Sprintf("row %d", row.lsn), Err: err}
		}
		if numbers[i] < row.First || at >= journal.Seq(len(records)) {
			return nil, sql.ErrNoRows
		}
		found = append(found, records[at])
	}
	if len(found) == 0 && len(numbers) > 0 {
		return nil, sql.ErrNoRows
	}
	return found, nil
}

// scanRows reads the result of a query for rowColumns, until it has chunkBytes.
func scanRows(rows *sql.Rows, err error) (found []storedRow, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for size := 0; size < chunkBytes && rows.Next(); {
		var row storedRow
		if row.lsn, row.Row, err = scanRow(rows); err != nil {
			return nil, err
		}
		found = append(found, row)
		size += len(row.Data)
	}
	return found, rows.Err()
}
