package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// maxKnown bounds the sessions that the writer remembers. Beyond it they are
// all forgotten, and each is looked up again at its next append.
const maxKnown = 8192

// writer writes batches on one connection. It belongs to one goroutine.
type writer struct {
	path  string
	db    *sql.DB   // opens the connection, and keeps none of its own
	conn  *sql.Conn // nil after a failure, until the next batch
	stmts statements

	// What is in the database, as the transaction under way has made it: nobody
	// else writes there. When a transaction fails, all is read again.
	epochs [journal.Partitions]uint64
	known  map[journal.SessionID]*known
}

// known is what the writer remembers of a session.
type known struct {
	key     int64 // 0 before the session's first append
	head    journal.Head
	listed  journal.Seq     // up to which event its events are listed
	summary journal.Summary // the stored one; zero when it was not written by this writer
}

func newWriter(path string, o options) (*writer, error) {
	db, err := sql.Open(driverName, dataSource(path, writing, o))
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(0)
	return &writer{path: path, db: db, known: map[journal.SessionID]*known{}}, nil
}

// connect opens the connection and creates the tables in a new database.
func (w *writer) connect() error {
	ctx := context.Background()
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	w.conn = conn
	if err := migrate(ctx, conn, w.path); err != nil {
		return errors.Join(err, w.disconnect())
	}
	if err := w.stmts.prepare(ctx, conn); err != nil {
		return errors.Join(err, w.disconnect())
	}
	if err := w.readEpochs(); err != nil {
		return errors.Join(err, w.disconnect())
	}
	return nil
}

func (w *writer) connected() bool { return w.conn != nil }

// disconnect closes the connection, which ends its transaction.
func (w *writer) disconnect() error {
	clear(w.known)
	if w.conn == nil {
		return nil
	}
	err := errors.Join(w.stmts.close(), w.conn.Close())
	w.conn = nil
	return err
}

func (w *writer) close() error { return errors.Join(w.disconnect(), w.db.Close()) }

// write is the committer's. A batch that meets damaged data is written request
// by request instead, so that one damaged session does not stop the others.
func (w *writer) write(batch []*engine.Request) error {
	err := w.tryWrite(batch)
	if !isDamage(err) || len(batch) == 1 {
		return err
	}
	for i, r := range batch {
		r.Err = nil
		if err := w.tryWrite(batch[i : i+1]); err != nil {
			r.Err = err
		}
	}
	return nil
}

// tryWrite writes a batch, all or none. After a failure the connection is not
// used again: whatever state SQLite left it in, the next batch begins on a
// fresh one.
func (w *writer) tryWrite(batch []*engine.Request) error {
	if w.conn == nil {
		if err := w.connect(); err != nil {
			return storeError(err)
		}
	}
	if len(w.known) > maxKnown {
		clear(w.known)
	}
	err := w.transact(batch)
	if err != nil {
		err = storeError(err)
		// Closing rolls back too; done first, it releases the lock at once.
		_, _ = w.stmts.rollback.Exec()
		_ = w.disconnect()
	}
	return err
}

// transact writes the batch in one transaction.
func (w *writer) transact(batch []*engine.Request) error {
	if _, err := w.stmts.begin.Exec(); err != nil {
		return err
	}
	for _, r := range batch {
		if err := w.request(r); err != nil {
			return err
		}
	}
	_, err := w.stmts.commit.Exec()
	return err
}

// request writes one request. It sets r.Err when the request is refused alone;
// the error fails the batch.
func (w *writer) request(r *engine.Request) (err error) {
	switch epoch := &w.epochs[r.Partition]; {
	case r.Kind == engine.Probe:
		_, err = w.stmts.touch.Exec()
	case r.Kind == engine.Index:
		err = w.listMore(r.Append.Session)
	case r.Kind == engine.Claim:
		*epoch++
		r.Epoch = *epoch
		_, err = w.stmts.claim.Exec(int64(r.Partition), int64(*epoch))
	case r.Epoch != *epoch:
		r.Err = journal.ErrFenced
	case r.Kind == engine.Append:
		r.Err, err = w.append(&r.Append)
	case r.Kind == engine.Snapshot:
		r.Err, err = w.putSnapshot(&r.Snapshot)
	}
	return err
}

// readEpochs reads the fence of every partition.
func (w *writer) readEpochs() error {
	w.epochs = [journal.Partitions]uint64{}
	rows, err := w.stmts.epochs.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var partition journal.Partition
		var epoch uint64
		if err := rows.Scan(&partition, &epoch); err != nil {
			return err
		}
		if partition < journal.Partitions {
			w.epochs[partition] = epoch
		}
	}
	return rows.Err()
}

// append writes one append. refused is why it fails alone; err fails the batch.
func (w *writer) append(a *journal.Append) (refused, err error) {
	s, err := w.session(a.Session)
	if err != nil {
		return nil, err
	}
	row, refused := engine.Encode(a, s.head)
	if refused != nil {
		return refused, nil
	}
	if err := w.putSession(a, s, &row); err != nil {
		return nil, err
	}
	_, err = w.stmts.addAppend.Exec(s.key, int64(row.First), int64(row.Last),
		row.Before[:], row.After[:], row.Data)
	if err == nil && s.listed == s.head.Seq {
		s.listed = row.Last
		err = w.list(s.key, a.Records)
	}
	s.head = row.Head()
	return nil, err
}

// session looks a session up; one without events is at its origin.
func (w *writer) session(id journal.SessionID) (*known, error) {
	if s := w.known[id]; s != nil {
		return s, nil
	}
	s := &known{head: engine.Origin(id)}
	err := w.stmts.findSession.QueryRow(id[:]).Scan(&s.key, &s.head.Seq, (*hashColumn)(&s.head.Hash), &s.listed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	w.known[id] = s
	return s, nil
}

// putSession moves the session's head to the end of row, and stores the summary
// if it has changed, which for most appends it has not.
func (w *writer) putSession(a *journal.Append, s *known, row *engine.Row) error {
	var result sql.Result
	var err error
	last, after, listed := int64(row.Last), row.After[:], int64(s.listed)
	if s.listed == s.head.Seq {
		listed = last
	}
	switch {
	case s.key == 0:
		result, err = w.stmts.addSession.Exec(append(summaryValues(&a.Summary, last, after), listed, a.Session[:])...)
	case sameSummary(&s.summary, &a.Summary):
		result, err = w.stmts.setHead.Exec(last, after, listed, s.key, int64(s.head.Seq))
	default:
		result, err = w.stmts.setSession.Exec(append(summaryValues(&a.Summary, last, after), listed, s.key, int64(s.head.Seq))...)
	}
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("session %s is not at event %d in the database", a.Session, s.head.Seq)
	}
	if s.key == 0 {
		s.key, err = result.LastInsertId()
	}
	s.summary = a.Summary
	return err
}

// putSnapshot replaces a snapshot, if it stands on an event that is there.
func (w *writer) putSnapshot(p *journal.Snapshot) (refused, err error) {
	s, err := w.session(p.Session)
	if err != nil {
		return nil, err
	}
	if on, err := w.contains(s, p); err != nil || !on {
		return engine.RefuseSnapshot(*p), err
	}
	sum := sha256.Sum256(p.State)
	_, err = w.stmts.replaceState.Exec(s.key, int64(p.Head.Seq), p.Head.Hash[:], p.Version, notNil(p.State), sum[:])
	return nil, err
}

// contains reports whether the event that the snapshot stands on is there.
func (w *writer) contains(s *known, p *journal.Snapshot) (bool, error) {
	if p.Head == s.head || p.Head.Seq == 0 || p.Head.Seq > s.head.Seq {
		return p.Head == s.head && p.Head.Seq > 0, nil
	}
	_, row, err := scanRow(w.stmts.findAppend.QueryRow(s.key, int64(p.Head.Seq)))
	if err != nil {
		return false, err
	}
	records, err := row.Decode(p.Session)
	if err != nil {
		return false, nil // readers report the damage; a snapshot is only a hint
	}
	i := p.Head.Seq - row.First
	return i < journal.Seq(len(records)) && records[i].Hash == p.Head.Hash, nil
}
