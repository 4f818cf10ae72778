package sqlite

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"parley/hub/journal"
	"parley/hub/journal/engine"
)

// write writes a batch. If damaged data prevents that, it writes the requests one
// by one, so that a damaged session does not stop the others.
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

// tryWrite writes a batch, all or none. It closes the connection after a failure,
// whatever state SQLite left it in; the next batch opens another.
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
		// Closing would roll back too, but this releases the lock at once.
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

// request writes one request. It sets r.Err if only this request is refused; an
// error that it returns fails the batch.
func (w *writer) request(r *engine.Request) (err error) {
	switch epoch := &w.epochs[r.Partition]; {
	case r.Kind == engine.Probe:
		_, err = w.stmts.touch.Exec()
	case r.Kind == engine.Index:
		err = w.indexMore(r.Append.Session)
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

// append writes one append. refused is set if only this append is refused; err
// fails the batch.
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
	if err == nil && s.indexed == s.head.Seq {
		s.indexed = row.Last
		err = w.index(s.key, a.Records)
	}
	s.head = row.Head()
	return nil, err
}

// session looks a session up. A session without events is at its origin.
func (w *writer) session(id journal.SessionID) (*known, error) {
	if s := w.known[id]; s != nil {
		return s, nil
	}
	s := &known{head: engine.Origin(id)}
	err := w.stmts.findSession.QueryRow(id[:]).Scan(&s.key, &s.head.Seq, (*hashColumn)(&s.head.Hash), &s.indexed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	w.known[id] = s
	return s, nil
}

// putSession moves the session's head to the end of row. It stores the summary
// only if that has changed, since most appends do not change it.
func (w *writer) putSession(a *journal.Append, s *known, row *engine.Row) error {
	var result sql.Result
	var err error
	last, after, indexed := int64(row.Last), row.After[:], int64(s.indexed)
	if s.indexed == s.head.Seq {
		indexed = last
	}
	switch {
	case s.key == 0:
		result, err = w.stmts.addSession.Exec(append(summaryValues(&a.Summary, last, after), indexed, a.Session[:])...)
	case sameSummary(&s.summary, &a.Summary):
		result, err = w.stmts.setHead.Exec(last, after, indexed, s.key, int64(s.head.Seq))
	default:
		result, err = w.stmts.setSession.Exec(append(summaryValues(&a.Summary, last, after), indexed, s.key, int64(s.head.Seq))...)
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

// putSnapshot replaces the session's snapshot. It refuses one that does not stand
// on a committed event.
func (w *writer) putSnapshot(p *journal.Snapshot) (refused, err error) {
	s, err := w.session(p.Session)
	if err != nil {
		return nil, err
	}
	if found, err := w.contains(s, p); err != nil || !found {
		return engine.RefuseSnapshot(*p), err
	}
	sum := sha256.Sum256(p.State)
	_, err = w.stmts.replaceState.Exec(s.key, int64(p.Head.Seq), p.Head.Hash[:], p.Version, notNil(p.State), sum[:])
	return nil, err
}

// contains reports whether the event that the snapshot stands on is committed.
func (w *writer) contains(s *known, p *journal.Snapshot) (bool, error) {
	if p.Head == s.head || p.Head.Seq == 0 || p.Head.Seq > s.head.Seq {
		return p.Head == s.head && p.Head.Seq > 0, nil
	}
	row, err := scanRow(w.stmts.findAppend.QueryRow(s.key, int64(p.Head.Seq)))
	if err != nil {
		return false, err
	}
	records, err := row.Decode(p.Session)
	if err != nil {
		return false, nil // reading reports the damage; a snapshot is only a hint
	}
	i := p.Head.Seq - row.First
	return i < journal.Seq(len(records)) && records[i].Hash == p.Head.Hash, nil
}
