package sqlite

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"parley/hub"
	"parley/hub/journal"
)

// hashColumn and idColumn scan blobs of a fixed size.
type (
	hashColumn hub.Hash
	idColumn   hub.SessionID
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

// scanRow reads rowColumns.
func scanRow(from scanner) (lsn int64, row journal.Row, err error) {
	err = from.Scan(&lsn, &row.First, &row.Last, (*hashColumn)(&row.Before), (*hashColumn)(&row.After), &row.Data)
	return lsn, row, err
}

// summaryColumns are those that scanSummary reads.
const summaryColumns = "id, kind, workspace, host_session, status, created_at, due, resource"

func scanSummary(from scanner) (hub.Summary, error) {
	var s hub.Summary
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

// summaryValues are the values of a session's row but its id and key.
func summaryValues(s *hub.Summary, seq int64, hash []byte) []any {
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
	return []any{seq, hash, string(s.Kind), s.Workspace, host, s.Status, s.CreatedAt.UnixMicro(), due, resource}
}

// fingerprint tells one summary from another.
type fingerprint [sha256.Size]byte

func summaryFingerprint(s *hub.Summary) (sum fingerprint) {
	h := sha256.New()
	var times [16]byte
	binary.BigEndian.PutUint64(times[:], uint64(s.CreatedAt.UnixMicro()))
	binary.BigEndian.PutUint64(times[8:], uint64(s.Due.UnixMicro()))
	h.Write(times[:])
	h.Write(s.HostSession[:])
	// JSON and names hold no NUL, so the fields cannot run into each other.
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", s.Kind, s.Workspace, s.Status)
	h.Write(s.Resource)
	h.Sum(sum[:0])
	return sum
}

// notNil makes an empty blob of nil, which would be NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
