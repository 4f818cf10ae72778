package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// findSession is the same for the writer and for readers.
const findSession = "SELECT key, seq, hash FROM session WHERE id = ?"

// findListed also returns how far the session's events are listed.
const findListed = "SELECT key, seq, hash, listed FROM session WHERE id = ?"

// rowColumns are those that scanRow reads.
const rowColumns = "lsn, seq, last, before, after, data"

// statements are what the writer runs, prepared on its connection.
type statements struct {
	begin, commit, rollback             *sql.Stmt
	epochs, claim, touch                *sql.Stmt
	findSession, addSession             *sql.Stmt
	setHead, setSession, setListed      *sql.Stmt
	addListed, addEntry, toList         *sql.Stmt
	addAppend, findAppend, replaceState *sql.Stmt

	all []*sql.Stmt
}

func (s *statements) prepare(ctx context.Context, conn *sql.Conn) error {
	var errs []error
	var all []*sql.Stmt
	prepare := func(text string) *sql.Stmt {
		stmt, err := conn.PrepareContext(ctx, text)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		all = append(all, stmt)
		return stmt
	}
	*s = statements{
		begin:       prepare("BEGIN IMMEDIATE"),
		commit:      prepare("COMMIT"),
		rollback:    prepare("ROLLBACK"),
		epochs:      prepare("SELECT partition, epoch FROM partition"),
		claim:       prepare("INSERT OR REPLACE INTO partition (partition, epoch) VALUES (?, ?)"),
		touch:       prepare(fmt.Sprintf("PRAGMA user_version = %d", schemaVersion)), // writes a page though it changes nothing
		findSession: prepare(findListed),
		addSession: prepare(`INSERT INTO session
			(seq, hash, kind, workspace, host_session, status, created_at, due, resource, sum, listed, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
		setHead: prepare("UPDATE session SET seq = ?, hash = ?, listed = ? WHERE key = ? AND seq = ?"),
		setSession: prepare(`UPDATE session SET seq = ?, hash = ?, kind = ?, workspace = ?,
			host_session = ?, status = ?, created_at = ?, due = ?, resource = ?, sum = ?, listed = ?
			WHERE key = ? AND seq = ?`),
		addAppend: prepare(`INSERT INTO append (session, seq, last, before, after, data)
			VALUES (?, ?, ?, ?, ?, ?)`),
		setListed: prepare("UPDATE session SET listed = ? WHERE key = ?"),
		addListed: prepare("INSERT OR IGNORE INTO listed (session, seq) VALUES (?, ?)"),
		addEntry: prepare(`INSERT INTO entry (session, subject, id, first, whole, newest) VALUES (?1, ?2, ?3, ?4, ?5, ?4)
			ON CONFLICT (session, subject, id) DO UPDATE SET whole = max(whole, excluded.whole), newest = excluded.newest`),
		toList: prepare("SELECT " + rowColumns + ` FROM append
			WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?`),
		findAppend: prepare("SELECT " + rowColumns + ` FROM append
			WHERE session = ? AND seq <= ? ORDER BY seq DESC LIMIT 1`),
		replaceState: prepare(`INSERT OR REPLACE INTO snapshot
			(session, seq, hash, version, state, sum) VALUES (?, ?, ?, ?, ?, ?)`),
	}
	s.all = all
	return errors.Join(errs...)
}

// close ends the statements. database/sql does not when it closes a connection
// on which they were prepared directly, and SQLite would then keep it open.
func (s *statements) close() error {
	var errs []error
	for _, stmt := range s.all {
		errs = append(errs, stmt.Close())
	}
	*s = statements{}
	return errors.Join(errs...)
}
