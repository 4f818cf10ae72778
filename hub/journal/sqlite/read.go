package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// A read takes that much at a time, so that it keeps neither a connection nor
// much memory while its caller is busy with what it got. It begins with a few
// rows, since many callers want one event, and then takes more and more.
const (
	firstRows  = 2
	moreRows   = 16 // times as many as before
	chunkRows  = 256
	chunkBytes = 1 << 20
)

// Read implements journal.Journal.
func (j *Journal) Read(ctx context.Context, id journal.SessionID, from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		err := j.files.check()
		if err == nil {
			err = j.read.session(ctx, id, from, func(r journal.Record) bool { return yield(r, nil) })
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(journal.Record{}, j.wrap("read", id, err))
		}
	}
}

// errStopped says that the caller wants no more.
var errStopped = errors.New("stopped")

// session yields a session's events from the given one on.
func (r *reader) session(ctx context.Context, id journal.SessionID, from journal.Seq, yield func(journal.Record) bool) error {
	s, err := r.find(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	chain := engine.NewChain(id, from)
	if isDamage(err) {
		return chain.Unreadable("table session", err)
	}
	if err != nil {
		return err
	}
	for limit := firstRows; chain.Next() <= s.head.Seq; limit = min(limit*moreRows, chunkRows) {
		rows, err := r.rows(ctx, s.key, chain.Next(), limit)
		for i := range rows {
			records, damage := chain.Row(&rows[i].Row, fmt.Sprintf("row %d", rows[i].lsn))
			for _, record := range records {
				if !yield(record) {
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
		if isDamage(err) {
			return chain.Unreadable("table append", err)
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
	engine.Row
}

// rows returns rows of a session in order, beginning with the one that holds
// the event from. Those before an error are sound as far as SQLite knows.
func (r *reader) rows(ctx context.Context, key int64, from journal.Seq, limit int) (found []storedRow, err error) {
	rows, err := r.findAppends.QueryContext(ctx, key, int64(from), limit)
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

// find returns sql.ErrNoRows when there is no such session.
func (r *reader) find(ctx context.Context, id journal.SessionID) (known, error) {
	var s known
	err := r.findSession.QueryRowContext(ctx, id[:]).Scan(&s.key, &s.head.Seq, (*hashColumn)(&s.head.Hash))
	return s, err
}

// Head implements journal.Journal.
func (j *Journal) Head(ctx context.Context, id journal.SessionID) (journal.Head, error) {
	if err := j.files.check(); err != nil {
		return journal.Head{}, j.wrap("head of", id, err)
	}
	s, err := j.read.find(ctx, id)
	return s.head, j.wrap("head of", id, err)
}

// Snapshot implements journal.Journal. It fails with a *journal.DamageError when what
// is stored is not what was put; the events are not touched by that.
func (j *Journal) Snapshot(ctx context.Context, id journal.SessionID) (journal.Snapshot, error) {
	if err := j.files.check(); err != nil {
		return journal.Snapshot{}, j.wrap("snapshot of", id, err)
	}
	s, err := j.read.findSnapshot(ctx, id)
	return s, j.wrap("snapshot of", id, err)
}

func (r *reader) findSnapshot(ctx context.Context, id journal.SessionID) (journal.Snapshot, error) {
	s := journal.Snapshot{Session: id}
	var key int64
	var sum []byte
	err := r.snapshot.QueryRowContext(ctx, id[:]).
		Scan(&key, &s.Head.Seq, (*hashColumn)(&s.Head.Hash), &s.Version, &s.State, &sum)
	if err != nil {
		return journal.Snapshot{}, err
	}
	if is := sha256.Sum256(s.State); !bytes.Equal(is[:], sum) {
		return journal.Snapshot{}, &journal.DamageError{
			Session: id, Seq: s.Head.Seq, Place: fmt.Sprintf("snapshot row %d", key),
			Err: errors.New("snapshot does not match its checksum"),
		}
	}
	return s, nil
}

// wrap adds the operation, the session and hub's error to an error.
func (j *Journal) wrap(operation string, id journal.SessionID, err error) error {
	var damage *journal.DamageError
	if err == nil || errors.As(err, &damage) {
		return err
	}
	return fmt.Errorf("%s session %s: %w", operation, id, j.readError(err))
}

// readError adds hub's error to an error of database/sql or SQLite.
func (j *Journal) readError(err error) error {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return journal.ErrNotFound
	case j.closed.Load():
		return journal.ErrClosed
	case errors.Is(err, journal.ErrUnavailable):
		return err
	}
	return storeError(err)
}
