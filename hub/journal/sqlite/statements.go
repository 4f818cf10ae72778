package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// findSession finds a session's key and head.
const findSession = "SELECT key, seq, hash FROM session WHERE id = ?"

// findIndexed also finds the session's newest indexed event.
const findIndexed = "SELECT key, seq, hash, listed FROM session WHERE id = ?"

// statements are the writer's, prepared on its connection.
type statements struct {
	begin, commit, rollback             *sql.Stmt
	epochs, claim, touch                *sql.Stmt
	findSession, addSession             *sql.Stmt
	setHead, setSession, setIndexed     *sql.Stmt
	addListed, addEntry, findUnindexed  *sql.Stmt
	addAppend, findAppend, replaceState *sql.Stmt

	all []*sql.Stmt
}

// prepare prepares all statements. On an error, close closes those that it
// prepared.
func (s *statements) prepare(ctx context.Context, conn *sql.Conn) error {
	var errs []error
	for target, text := range s.texts() {
		stmt, err := conn.PrepareContext(ctx, text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		*target = stmt
		s.all = append(s.all, stmt)
	}
	return errors.Join(errs...)
}

// texts returns the text of each statement.
func (s *statements) texts() map[**sql.Stmt]string {
	return map[**sql.Stmt]string{
		&s.begin:       "BEGIN IMMEDIATE",
		&s.commit:      "COMMIT",
		&s.rollback:    "ROLLBACK",
		&s.epochs:      "SELECT partition, epoch FROM partition",
		&s.claim:       "INSERT OR REPLACE INTO partition (partition, epoch) VALUES (?, ?)",
		&s.touch:       fmt.Sprintf("PRAGMA user_version = %d", schemaVersion), // writes a page, but changes nothing
		&s.findSession: findIndexed,
		&s.addSession: `INSERT INTO session
			(seq, hash, kind, workspace, host_session, status, created_at, due, resource, sum, listed, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		&s.setHead: "UPDATE session SET seq = ?, hash = ?, listed = ? WHERE key = ? AND seq = ?",
		&s.setSession: `UPDATE session SET seq = ?, hash = ?, kind = ?, workspace = ?,
			host_session = ?, status = ?, created_at = ?, due = ?, resource = ?, sum = ?, listed = ?
			WHERE key = ? AND seq = ?`,
		&s.addAppend:  "INSERT INTO append (session, seq, last, before, after, data) VALUES (?, ?, ?, ?, ?, ?)",
		&s.setIndexed: "UPDATE session SET listed = ? WHERE key = ?",
		&s.addListed:  "INSERT OR IGNORE INTO listed (session, seq) VALUES (?, ?)",
		&s.addEntry: `INSERT INTO entry (session, subject, id, first, whole, newest) VALUES (?1, ?2, ?3, ?4, ?5, ?4)
			ON CONFLICT (session, subject, id) DO UPDATE SET whole = max(whole, excluded.whole), newest = excluded.newest`,
		&s.findUnindexed: "SELECT " + rowColumns + " FROM append WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?",
		&s.findAppend:    "SELECT " + rowColumns + " FROM append WHERE session = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
		&s.replaceState:  "INSERT OR REPLACE INTO snapshot (session, seq, hash, version, state, sum) VALUES (?, ?, ?, ?, ?, ?)",
	}
}

// close closes the statements. database/sql does not do so when it closes the
// connection on which they were prepared, and SQLite would then keep it open.
func (s *statements) close() error {
	var errs []error
	for _, stmt := range s.all {
		errs = append(errs, stmt.Close())
	}
	*s = statements{}
	return errors.Join(errs...)
}
