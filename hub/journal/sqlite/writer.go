package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"parley/hub/journal"
)

// maxKnown bounds the sessions that the writer caches. Beyond it, the writer drops
// the cache and looks each session up again at its next append.
const maxKnown = 8192

// writer writes batches on one connection. It belongs to one goroutine at a time.
type writer struct {
	// immutable
	path string
	db   *sql.DB // opens the connection, and keeps no idle one

	conn  *sql.Conn // nil after a failure, until the next batch
	stmts statements

	// The database's content as of the current transaction; no other process
	// writes there. It is read again after a failed transaction.
	epochs [journal.Partitions]uint64
	known  map[journal.SessionID]*known
}

// known is what is known of a session.
type known struct {
	key     int64 // 0 before the session's first append
	head    journal.Head
	indexed journal.Seq     // the newest indexed event
	summary journal.Summary // the stored one; zero unless this writer wrote it
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

// disconnect closes the connection, which rolls back its transaction.
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

// readEpochs reads the epoch of every partition.
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
