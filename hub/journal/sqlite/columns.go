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

// hashColumn and idColumn scan blobs of a fixed size.
type (
	hashColumn journal.Hash
	idColumn   journal.SessionID
)

func (h *hashColumn) Scan(v any) error { return scanFixed(h[:], v) }

// Scan reads NULL as no id.
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

// scanner is one row of a result.
type scanner interface{ Scan(...any) error }

// andMore reads more columns behind those that are asked for.
type andMore struct {
	scanner
	more []any
}

func (m andMore) Scan(to ...any) error { return m.scanner.Scan(append(to, m.more...)...) }

// scanRow reads rowColumns.
func scanRow(from scanner) (lsn int64, row engine.Row, err error) {
	err = from.Scan(&lsn, &row.First, &row.Last, (*hashColumn)(&row.Before), (*hashColumn)(&row.After), &row.Data)
	return lsn, row, err
}

// summaryColumns are those that scanSummary reads.
const summaryColumns = "id, kind, workspace, host_session, status, created_at, due, resource"

func scanSummary(from scanner) (journal.Summary, error) {
	var s journal.Summary
	var created int64
	var due sql.NullInt64
	err := from.Scan((*idColumn)(&s.Session), &s.Kind, &s.Workspace, (*idColumn)(&s.HostSession),
		&s.Status, &created, &due, (*[]byte)(&s.Resource))
	s.CreatedAt = time.UnixMicro(created).UTC()
	if due.Valid {
		s.Due = time.UnixMicro(due.Int64).UTC()
	}
	return s, err
}

// summaryValues are the values of a session's row but its id, its key and how far
// it is listed.
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

// summarySum is a checksum of a summary as it is stored.
func summarySum(s *journal.Summary) []byte {
	var due int64
	if !s.Due.IsZero() {
		due = s.Due.UnixMicro()
	}
	b := fmt.Appendf(nil, "%q %q %x %q %d %d ", s.Kind, s.Workspace, s.HostSession[:], s.Status, s.CreatedAt.UnixMicro(), due)
	sum := sha256.Sum256(append(b, s.Resource...))
	return sum[:8]
}

// sameSummary reports whether both are stored as the same row.
func sameSummary(a, b *journal.Summary) bool {
	return a.Kind == b.Kind && a.Workspace == b.Workspace && a.HostSession == b.HostSession && a.Status == b.Status &&
		a.CreatedAt.Equal(b.CreatedAt) && a.Due.Equal(b.Due) && bytes.Equal(a.Resource, b.Resource)
}

// notNil makes an empty blob of nil, which would be NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
