package sqlite

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub/journal"
)

// storeError adds to an error of SQLite the error of hub that it amounts to.
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

// isFull also knows the one case in which SQLite reports a full disk as an
// input/output error: that of the shared memory file.
func isFull(code int) bool {
	return code&0xff == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_SHMSIZE
}

// isDamage reports whether SQLite found the database file itself damaged, or a
// column does not hold what was put there.
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
