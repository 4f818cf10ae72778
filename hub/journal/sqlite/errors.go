package sqlite

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/journal"
	"parley/hub/journal/sqlite/internal/wal"
)

// LogDamageError reports that the write-ahead log left by a crash holds committed
// transactions which SQLite would drop, because a damaged frame stands before
// them. [PlanSalvage] finds out what can be kept.
type LogDamageError = wal.DamageError

// storeError wraps an error of SQLite in the journal error that it amounts to.
func storeError(err error) error {
	var failure *sqlite.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &failure) && isFull(failure.Code()):
		return fmt.Errorf("%w: %w", journal.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", journal.ErrUnavailable, err)
}

// isFull reports whether a result code of SQLite means a full disk. SQLite reports
// an input/output error when the disk is too full for the shared-memory file.
func isFull(code int) bool {
	return code&0xff == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_SHMSIZE
}

// isDamage reports whether an error means damaged data: SQLite found the database
// file damaged, or a stored value is not what was written.
func isDamage(err error) bool {
	if _, ok := errors.AsType[*journal.DamageError](err); ok || errors.Is(err, errSize) {
		return true
	}
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	code := failure.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}
