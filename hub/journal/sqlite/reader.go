package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// readers is how many connections read at one time. Each costs its cache; a
// read takes well under a millisecond, and there are few cores to run more.
const readers = 4

// reader reads on a few connections, with statements that each of them prepares
// once.
type reader struct {
	db                       *sql.DB
	anchor                   *sql.Conn // of a journal that is written; nothing is read on it
	findSession, findAppends *sql.Stmt
	snapshot, summary, due   *sql.Stmt
}

func newReader(path string, m mode, o options) (*reader, error) {
	r, err := openReader(path, m, o)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(r.prepare(), r.hold()); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// hold keeps one connection open, and with it SQLite's memory of where the log
// ends. If all were closed, after a transaction whose sync has failed, the next
// would take the end from the file: that transaction may stand there whole, in
// the kernel's cache and never on the disk.
func (r *reader) hold() (err error) {
	ctx := context.Background()
	if r.anchor, err = r.db.Conn(ctx); err != nil {
		return err
	}
	var version int64
	return r.anchor.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version) // opens the files
}

func (r *reader) close() error {
	if r.anchor == nil {
		return r.db.Close()
	}
	return errors.Join(r.anchor.Close(), r.db.Close())
}

// openReader is newReader before it is prepared, which needs the tables.
func openReader(path string, m mode, o options) (*reader, error) {
	db, err := sql.Open(driverName, dataSource(path, m, o))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1 + readers) // the anchor is one
	db.SetMaxIdleConns(readers)
	db.SetConnMaxIdleTime(time.Minute) // gives the caches back
	return &reader{db: db}, nil
}

func (r *reader) prepare() error {
	var errs []error
	prepare := func(text string) *sql.Stmt {
		stmt, err := r.db.Prepare(text)
		errs = append(errs, err)
		return stmt
	}
	r.findSession = prepare(findSession)
	r.findAppends = prepare("SELECT " + rowColumns + ` FROM append
		WHERE session = ?1 AND last >= ?2
		AND seq >= coalesce((SELECT max(seq) FROM append WHERE session = ?1 AND seq <= ?2), 0)
		ORDER BY seq LIMIT ?3`)
	r.snapshot = prepare(`SELECT p.session, p.seq, p.hash, version, state, p.sum
		FROM snapshot p JOIN session s ON s.key = p.session WHERE s.id = ?`)
	r.summary = prepare("SELECT " + summaryColumns + " FROM session WHERE id = ?")
	r.due = prepare("SELECT " + summaryColumns + " FROM session WHERE due <= ? ORDER BY due, id LIMIT ?")
	return errors.Join(errs...)
}
