package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// maxReaders is how many connections read at the same time. Each has a cache of
// its own, and a read takes well under a millisecond.
const maxReaders = 4

// reader reads on a few connections. database/sql prepares the statements once on
// each of them. Its fields are immutable, and its methods are safe for concurrent
// use.
type reader struct {
	db     *sql.DB
	anchor *sql.Conn // see hold; nil when verifying

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

// hold keeps a connection open, on which nothing is read, and with it SQLite's
// record of where the log ends. If all connections were closed after a transaction
// whose sync failed, the next connection would look for the end in the file. There
// the transaction may be complete, but only in the kernel's cache.
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

// openReader is newReader without preparing statements, which needs the tables.
func openReader(path string, m mode, o options) (*reader, error) {
	db, err := sql.Open(driverName, dataSource(path, m, o))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1 + maxReaders) // the anchor is one more
	db.SetMaxIdleConns(maxReaders)
	db.SetConnMaxIdleTime(time.Minute) // frees the caches
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
