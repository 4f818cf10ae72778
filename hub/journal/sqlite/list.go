package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"parley/hub/journal"
)

// Summary implements [journal.Journal].
func (j *Journal) Summary(ctx context.Context, id journal.SessionID) (journal.Summary, error) {
	if err := j.files.check(); err != nil {
		return journal.Summary{}, j.wrap("summary of", id, err)
	}
	s, err := scanSummary(j.read.summary.QueryRowContext(ctx, id[:]))
	if err != nil {
		return journal.Summary{}, j.wrap("summary of", id, err)
	}
	return s, nil
}

// List implements [journal.Journal].
func (j *Journal) List(ctx context.Context, f journal.Filter) ([]journal.Summary, error) {
	if err := j.files.check(); err != nil {
		return nil, fmt.Errorf("list sessions: %w", j.readError(err))
	}
	where, values := condition(f)
	query := "SELECT " + summaryColumns + " FROM session" + where + " ORDER BY created_at DESC, id DESC"
	if f.Limit > 0 {
		query += " LIMIT ?"
		values = append(values, f.Limit)
	}
	return j.summaries(j.read.db.QueryContext(ctx, query, values...))
}

// Count implements [journal.Journal].
func (j *Journal) Count(ctx context.Context, f journal.Filter) (n int, err error) {
	err = j.files.check()
	if err == nil {
		where, values := condition(f)
		query := "SELECT 1 FROM session" + where
		if f.Limit > 0 {
			query += " LIMIT ?"
			values = append(values, f.Limit)
		}
		err = j.read.db.QueryRowContext(ctx, "SELECT count(*) FROM ("+query+")", values...).Scan(&n)
	}
	if err != nil {
		return 0, fmt.Errorf("count sessions: %w", j.readError(err))
	}
	return n, nil
}

// condition returns the WHERE clause of a filter, with the values of its parameters.
func condition(f journal.Filter) (clause string, values []any) {
	var where []string
	match := func(column string, value any, zero bool) {
		if !zero {
			where = append(where, column+" = ?")
			values = append(values, value)
		}
	}
	match("kind", string(f.Kind), f.Kind == "")
	match("workspace", f.Workspace, f.Workspace == "")
	match("host_session", f.HostSession[:], f.HostSession.IsZero())
	match("status", f.Status, f.Status == "")
	if f.Before != (journal.Place{}) {
		where = append(where, "(created_at, id) < (?, ?)")
		values = append(values, f.Before.CreatedAt.UnixMicro(), f.Before.Session[:])
	}
	if len(where) > 0 {
		clause = " WHERE " + strings.Join(where, " AND ")
	}
	return clause, values
}

// Due implements [journal.Journal].
func (j *Journal) Due(ctx context.Context, before time.Time, limit int) ([]journal.Summary, error) {
	if limit <= 0 {
		return nil, nil
	}
	if err := j.files.check(); err != nil {
		return nil, fmt.Errorf("list sessions: %w", j.readError(err))
	}
	latest := before.Add(-1).UnixMicro() // stored times are whole microseconds; before may not be
	return j.summaries(j.read.due.QueryContext(ctx, latest, limit))
}

// summaries scans the result of a query for summaryColumns.
func (j *Journal) summaries(rows *sql.Rows, err error) ([]journal.Summary, error) {
	found, err := scanAll(rows, err, func(row scanner, s *journal.Summary) (err error) {
		*s, err = scanSummary(row)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", j.readError(err))
	}
	return found, nil
}
