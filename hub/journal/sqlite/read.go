package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"parley/hub"
	"parley/hub/journal"
)

// A read takes that much at a time, so that it keeps neither a connection nor
// much memory while its caller is busy with what it got.
const (
	chunkRows  = 256
	chunkBytes = 1 << 20
)

// Read implements hub.Journal.
func (j *Journal) Read(ctx context.Context, id hub.SessionID, from hub.Seq) iter.Seq2[hub.Record, error] {
	return func(yield func(hub.Record, error) bool) {
		err := readSession(ctx, j.read, id, from, func(r hub.Record) bool { return yield(r, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(hub.Record{}, j.wrap("read", id, err))
		}
	}
}

// errStopped says that the caller wants no more.
var errStopped = errors.New("stopped")

// readSession yields a session's events from the given one on.
func readSession(ctx context.Context, db *sql.DB, id hub.SessionID, from hub.Seq, yield func(hub.Record) bool) error {
	s, err := findSession(ctx, db, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	chain := journal.NewChain(id, from)
	for chain.Next() <= s.head.Seq {
		rows, err := readRows(ctx, db, s.key, chain.Next())
		if isDamage(err) {
			err = chain.Unreadable("table append", err)
		}
		for i := range rows {
			records, damage := chain.Row(&rows[i].Row, fmt.Sprintf("row %d", rows[i].lsn))
			for _, r := range records {
				if !yield(r) {
					return errStopped
				}
			}
			if damage != nil {
				return damage
			}
			if chain.Next() > s.head.Seq {
				break
			}
		}
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
	}
	return chain.End(s.head, fmt.Sprintf("session row %d", s.key))
}

type storedRow struct {
	lsn int64
	journal.Row
}

// readRows returns rows of a session in order, beginning with the one that
// holds the event from. Those before an error are sound as far as SQLite knows.
func readRows(ctx context.Context, db *sql.DB, key int64, from hub.Seq) (found []storedRow, err error) {
	rows, err := db.QueryContext(ctx, "SELECT "+rowColumns+` FROM append
		WHERE session = ?1 AND seq >= coalesce((SELECT max(seq) FROM append WHERE session = ?1 AND seq <= ?2), 0)
		ORDER BY seq LIMIT ?3`, key, int64(from), chunkRows)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for size := 0; size < chunkBytes && rows.Next(); {
		var row storedRow
		if row.lsn, row.Row, err = scanRow(rows); err != nil {
			return found, err
		}
		found = append(found, row)
		size += len(row.Data)
	}
	return found, rows.Err()
}

// findSession returns sql.ErrNoRows when there is none.
func findSession(ctx context.Context, db *sql.DB, id hub.SessionID) (known, error) {
	var s known
	err := db.QueryRowContext(ctx, "SELECT key, seq, hash FROM session WHERE id = ?", id[:]).
		Scan(&s.key, &s.head.Seq, (*hashColumn)(&s.head.Hash))
	return s, err
}

// Head implements hub.Journal.
func (j *Journal) Head(ctx context.Context, id hub.SessionID) (hub.Head, error) {
	s, err := findSession(ctx, j.read, id)
	return s.head, j.wrap("head of", id, err)
}

// Snapshot implements hub.Journal. It fails with a *hub.DamageError when what
// is stored is not what was put; the events are not touched by that.
func (j *Journal) Snapshot(ctx context.Context, id hub.SessionID) (hub.Snapshot, error) {
	s, err := readSnapshot(ctx, j.read, id)
	return s, j.wrap("snapshot of", id, err)
}

func readSnapshot(ctx context.Context, db *sql.DB, id hub.SessionID) (hub.Snapshot, error) {
	s := hub.Snapshot{Session: id}
	var key int64
	var sum []byte
	err := db.QueryRowContext(ctx, `SELECT p.session, p.seq, p.hash, version, state, sum
		FROM snapshot p JOIN session s ON s.key = p.session WHERE s.id = ?`, id[:]).
		Scan(&key, &s.Head.Seq, (*hashColumn)(&s.Head.Hash), &s.Version, &s.State, &sum)
	if err != nil {
		return hub.Snapshot{}, err
	}
	if is := sha256.Sum256(s.State); !bytes.Equal(is[:], sum) {
		return hub.Snapshot{}, &hub.DamageError{
			Session: id, Seq: s.Head.Seq, Place: fmt.Sprintf("snapshot row %d", key),
			Err: errors.New("snapshot does not match its checksum"),
		}
	}
	return s, nil
}

// wrap adds the operation, the session and hub's error to an error.
func (j *Journal) wrap(operation string, id hub.SessionID, err error) error {
	var damage *hub.DamageError
	if err == nil || errors.As(err, &damage) {
		return err
	}
	return fmt.Errorf("%s session %s: %w", operation, id, j.readError(err))
}

// readError adds hub's error to an error of database/sql or SQLite.
func (j *Journal) readError(err error) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return hub.ErrNotFound
	case j.closed.Load():
		return hub.ErrClosed
	}
	return storeError(err)
}
