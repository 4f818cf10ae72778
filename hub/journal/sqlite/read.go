package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// Read fetches rows in chunks, so that it holds neither a connection nor much
// memory while its caller handles events. The first chunk is small, since many
// callers want a single event.
const (
	firstChunkRows = 2
	chunkGrowth    = 16 // each chunk has this many times the rows of the one before
	maxChunkRows   = 256
	chunkBytes     = 1 << 20 // a chunk ends with the row that reaches this
)

// Read implements [journal.Journal].
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

// errStopped reports that the caller has ended the iteration.
var errStopped = errors.New("stopped")

// session yields a session's events from event from on.
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
	for limit := firstChunkRows; chain.Next() <= s.head.Seq; limit = min(limit*chunkGrowth, maxChunkRows) {
		rows, err := scanRows(r.findAppends.QueryContext(ctx, s.key, int64(chain.Next()), limit))
		if err := yieldRows(chain, rows, s.head.Seq, yield); err != nil {
			return err
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

// yieldRows checks rows against the chain and yields their events, up to the row
// that holds the event last.
func yieldRows(chain *engine.Chain, rows []storedRow, last journal.Seq, yield func(journal.Record) bool) error {
	for i := range rows {
		records, damage := chain.Row(&rows[i].Row, rows[i].place())
		for _, record := range records {
			if !yield(record) {
				return errStopped
			}
		}
		if damage != nil {
			return damage
		}
		if chain.Next() > last {
			break
		}
	}
	return nil
}

// find finds a session's key and head. It returns sql.ErrNoRows if there is no
// such session.
func (r *reader) find(ctx context.Context, id journal.SessionID) (known, error) {
	var s known
	err := r.findSession.QueryRowContext(ctx, id[:]).Scan(&s.key, &s.head.Seq, (*hashColumn)(&s.head.Hash))
	return s, err
}

// Events implements [journal.Journal].
func (j *Journal) Events(ctx context.Context, id journal.SessionID, numbers []journal.Seq) ([]journal.Record, error) {
	if err := j.files.check(); err != nil {
		return nil, j.wrap("read", id, err)
	}
	found, err := j.read.events(ctx, id, numbers)
	return found, j.wrap("read", id, err)
}

// findEvents finds the rows that hold the events of given numbers, in the order of
// the numbers in a JSON array: the outer loop is json_each.
const findEvents = "SELECT " + rowColumns + ` FROM json_each(?2) n CROSS JOIN append
	WHERE session = ?1 AND seq = (SELECT max(seq) FROM append WHERE session = ?1 AND seq <= n.value)`

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
			return nil, &journal.DamageError{Session: id, Seq: numbers[i], Place: row.place(), Err: err}
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

// Head implements [journal.Journal].
func (j *Journal) Head(ctx context.Context, id journal.SessionID) (journal.Head, error) {
	if err := j.files.check(); err != nil {
		return journal.Head{}, j.wrap("head of", id, err)
	}
	s, err := j.read.find(ctx, id)
	return s.head, j.wrap("head of", id, err)
}

// Snapshot implements [journal.Journal]. It returns a [*journal.DamageError] if the
// stored snapshot does not match its checksum.
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
	if actual := sha256.Sum256(s.State); !bytes.Equal(actual[:], sum) {
		return journal.Snapshot{}, &journal.DamageError{
			Session: id, Seq: s.Head.Seq, Place: fmt.Sprintf("snapshot row %d", key),
			Err: errors.New("snapshot does not match its checksum"),
		}
	}
	return s, nil
}

// wrap adds the operation, the session and the journal's error to an error.
func (j *Journal) wrap(operation string, id journal.SessionID, err error) error {
	var damage *journal.DamageError
	if err == nil || errors.As(err, &damage) {
		return err
	}
	return fmt.Errorf("%s session %s: %w", operation, id, j.readError(err))
}

// readError wraps an error of database/sql or SQLite in the journal's error.
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
