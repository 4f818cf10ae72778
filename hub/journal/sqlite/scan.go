package sqlite

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// scanner is a row of a query's result: a *sql.Row or *sql.Rows.
type scanner interface{ Scan(...any) error }

// scanAll scans every row of a query's result. Like the other functions here, it
// takes what a query returns, error included, and closes the rows.
func scanAll[T any](rows *sql.Rows, err error, scan func(scanner, *T) error) (found []T, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() && err == nil {
		var v T
		if err = scan(rows, &v); err == nil {
			found = append(found, v)
		}
	}
	return found, errors.Join(err, rows.Err(), rows.Close())
}

// storedRow is a row of the table append.
type storedRow struct {
	lsn int64
	engine.Row
}

// rowColumns are the columns that scanRow scans.
const rowColumns = "lsn, seq, last, before, after, data"

func scanRow(from scanner) (row storedRow, err error) {
	err = from.Scan(&row.lsn, &row.First, &row.Last, (*hashColumn)(&row.Before), (*hashColumn)(&row.After), &row.Data)
	return row, err
}

// place names the row in a journal.DamageError.
func (r *storedRow) place() string { return fmt.Sprintf("row %d", r.lsn) }

// scanRows scans rows of rowColumns until they hold chunkBytes. The rows before an
// error are sound as far as SQLite knows.
func scanRows(rows *sql.Rows, err error) (found []storedRow, _ error) {
	if err != nil {
		return nil, err
	}
	for size := 0; size < chunkBytes && err == nil && rows.Next(); {
		var row storedRow
		if row, err = scanRow(rows); err == nil {
			found = append(found, row)
			size += len(row.Data)
		}
	}
	return found, errors.Join(err, rows.Err(), rows.Close())
}

// hashColumn and idColumn scan blobs of fixed sizes.
type (
	hashColumn journal.Hash
	idColumn   journal.SessionID
)

func (h *hashColumn) Scan(v any) error { return scanFixed(h[:], v) }

// Scan decodes NULL as the zero id.
func (id *idColumn) Scan(v any) error {
	if v == nil {
		*id = idColumn{}
		return nil
	}
	return scanFixed(id[:], v)
}

var errSize = errors.New("stored value has the wrong size")

func scanFixed(to []byte, v any) error {
	if b, ok := v.([]byte); ok && len(b) == len(to) {
		copy(to, b)
		return nil
	}
	return fmt.Errorf("%w: want %d bytes", errSize, len(to))
}

// summaryColumns are the columns that scanSummary scans.
const summaryColumns = "id, kind, workspace, host_session, status, created_at, due, resource"

// scanSummary scans summaryColumns, and into more the columns behind them.
func scanSummary(from scanner, more ...any) (journal.Summary, error) {
	var s journal.Summary
	var created int64
	var due sql.NullInt64
	columns := []any{(*idColumn)(&s.Session), &s.Kind, &s.Workspace, (*idColumn)(&s.HostSession),
		&s.Status, &created, &due, (*[]byte)(&s.Resource)}
	err := from.Scan(append(columns, more...)...)
	s.CreatedAt = time.UnixMicro(created).UTC()
	if due.Valid {
		s.Due = time.UnixMicro(due.Int64).UTC()
	}
	return s, err
}

// summaryValues returns the values of a session's row, without its id, key and
// listed columns.
func summaryValues(s *journal.Summary, seq int64, hash []byte) []any {
	var host, due, resource any
	if !s.HostSession.IsZero() {
		host = s.HostSession[:]
	}
	if !s.Due.IsZero() {
		due = s.Due.UnixMicro()
	}
	if len(s.Resource) > 0 {
		resource = []byte(s.Resource)
	}
	return []any{seq, hash, string(s.Kind), s.Workspace, host, s.Status, s.CreatedAt.UnixMicro(), due, resource, summarySum(s)}
}

// summarySum returns the checksum of a summary as it is stored.
func summarySum(s *journal.Summary) []byte {
	var due int64
	if !s.Due.IsZero() {
		due = s.Due.UnixMicro()
	}
	b := fmt.Appendf(nil, "%q %q %x %q %d %d ", s.Kind, s.Workspace, s.HostSession[:], s.Status, s.CreatedAt.UnixMicro(), due)
	sum := sha256.Sum256(append(b, s.Resource...))
	return sum[:8]
}

// sameSummary reports whether a and b are stored as the same values.
func sameSummary(a, b *journal.Summary) bool {
	return a.Kind == b.Kind && a.Workspace == b.Workspace && a.HostSession == b.HostSession && a.Status == b.Status &&
		a.CreatedAt.Equal(b.CreatedAt) && a.Due.Equal(b.Due) && bytes.Equal(a.Resource, b.Resource)
}

// notNil returns an empty blob for nil, which would be stored as NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
