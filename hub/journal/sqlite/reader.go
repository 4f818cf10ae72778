package sqlite

import (
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
	findSession, findAppends *sql.Stmt
	snapshot, summary, due   *sql.Stmt
}

func newReader(path string, m mode, o options) (*reader, error) {
	r, err := openReader(path, m, o)
	if err != nil {
		return nil, err
	}
	if err := r.prepare(); err != nil {
		return nil, errors.Join(err, r.db.Close())
	}
	return r, nil
}

// openReader is newReader before it is prepared, which needs the tables.
func openReader(path string, m mode, o options) (*reader, error) {
	db, err := sql.Open(driverName, dataSource(path, m, o))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers)
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
	r.snapshot = prepare(`SELECT p.session, p.seq, p.hash, version, state, sum
		FROM snapshot p JOIN session s ON s.key = p.session WHERE s.id = ?`)
	r.summary = prepare("SELECT " + summaryColumns + " FROM session WHERE id = ?")
	r.due = prepare("SELECT " + summaryColumns + " FROM session WHERE due <= ? ORDER BY due, id LIMIT ?")
	return errors.Join(errs...)
}
