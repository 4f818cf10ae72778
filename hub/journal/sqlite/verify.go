package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"parley/hub/journal"
	"parley/hub/journal/sqlite/internal/wal"
)

// Progress reports how far [Verify] has come.
type Progress struct {
	Sessions int    // sessions checked so far
	Total    int    // sessions in the journal when Verify began
	Events   uint64 // events checked so far
	// Damage is new damage, or nil. It is a [*journal.DamageError], and the first of
	// its session, if it belongs to a session.
	Damage error
}

// Verify checks the journal in a directory, in this order:
//
//   - the write-ahead log that a crash left; damage to it ends the check (see
//     [PlanSalvage]);
//   - SQLite's own integrity check;
//   - each event of each session against its CRC, its number and the hash chain;
//   - each session's end against its head, its summary and its snapshot against
//     their checksums, and its lists of messages, participants and approvals
//     against its events.
//
// Verify calls report, from its own goroutine, with each damage and regularly with
// its progress. Unless visit is nil, Verify also calls it with each event that it has
// found sound: one session after the other, and in order. Verify returns nil for a
// sound journal; otherwise the error wraps the first damage, or says why the check
// could not be completed.
//
// Verify changes neither the database nor its log. It may run while a server has
// the journal open, and then sees of each session what is committed when it gets
// there. The server does not wait, but its log grows during the integrity check.
func Verify(ctx context.Context, dir string, report func(Progress), visit func(journal.Record)) error {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("verify journal: %w", err)
	}
	if visit == nil {
		visit = func(journal.Record) {}
	}
	v := &verifier{report: report, visit: visit}
	if err := v.run(ctx, path); err != nil {
		return fmt.Errorf("verify journal %s: %w", path, err)
	}
	switch {
	case v.damages == 1:
		return fmt.Errorf("verify journal %s: %w", path, v.first)
	case v.damages > 1:
		return fmt.Errorf("verify journal %s: %d damages, the first: %w", path, v.damages, v.first)
	}
	return nil
}

// verifier is one run of Verify. It belongs to one goroutine.
type verifier struct {
	read     *reader
	version  int64 // of the tables
	report   func(Progress)
	visit    func(journal.Record)
	progress Progress
	damages  int
	first    error // the first damage
}

func (v *verifier) run(ctx context.Context, path string) (err error) {
	if err := v.checkLog(path); err != nil || v.damages > 0 {
		return err // SQLite would ignore the rest of the log and overwrite its index
	}
	if v.read, err = openReader(path, verifying, options{}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.read.close()) }()
	app, version, err := identity(ctx, v.read.db)
	if err != nil {
		return err
	}
	if err := checkIdentity(app, version, path); err != nil {
		return err
	}
	v.version = version
	if err := v.read.prepare(); err != nil {
		return err
	}
	if err := v.checkIntegrity(ctx); err != nil {
		return err
	}
	if err := v.checkSessions(ctx); err != nil {
		return err
	}
	return v.checkOrphans(ctx)
}

// checkLog finds damage to a log that a crash left or that a server is writing.
func (v *verifier) checkLog(path string) error {
	_, err := wal.Check(path)
	damage, ok := errors.AsType[*LogDamageError](err)
	if ok && isLocked(filepath.Dir(path)) {
		err = wal.CheckLive(path)
		damage, ok = errors.AsType[*LogDamageError](err)
	}
	if ok {
		v.damaged(damage)
		return nil
	}
	return err
}

// damaged records and reports a damage. The check continues behind it.
func (v *verifier) damaged(err error) {
	v.damages++
	if v.first == nil {
		v.first = err
	}
	p := v.progress
	p.Damage = err
	v.report(p)
}

func (v *verifier) checkIntegrity(ctx context.Context) error {
	const atMost = 20
	rows, err := v.read.db.QueryContext(ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", atMost))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var finding string
		if err := rows.Scan(&finding); err != nil {
			return err
		}
		if finding != "ok" {
			v.damaged(fmt.Errorf("integrity check: %s", finding))
		}
	}
	return rows.Err()
}

// sessionToCheck describes a session by its own row and its newest append.
type sessionToCheck struct {
	key  int64
	id   journal.SessionID
	head journal.Seq   // by the session's row
	last sql.NullInt64 // the newest stored event; NULL if none
}

func (v *verifier) checkSessions(ctx context.Context) error {
	err := v.read.db.QueryRowContext(ctx, "SELECT count(*) FROM session").Scan(&v.progress.Total)
	if err != nil {
		return err
	}
	const every = 100
	for after := int64(-1 << 63); ; {
		sessions, err := v.sessionsAfter(ctx, after, every)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if err := v.checkSession(ctx, s); err != nil {
				return err
			}
			v.progress.Sessions++
			after = s.key
		}
		v.report(v.progress)
		if len(sessions) < every {
			return nil
		}
	}
}

func (v *verifier) sessionsAfter(ctx context.Context, key int64, n int) ([]sessionToCheck, error) {
	rows, err := v.read.db.QueryContext(ctx, `SELECT key, id, seq,
		(SELECT last FROM append WHERE session = key ORDER BY append.seq DESC LIMIT 1)
		FROM session WHERE key > ? ORDER BY key LIMIT ?`, key, n)
	return scanAll(rows, err, func(row scanner, s *sessionToCheck) error {
		if err := row.Scan(&s.key, (*idColumn)(&s.id), &s.head, &s.last); err != nil {
			return fmt.Errorf("session row after %d: %w", key, err)
		}
		return nil
	})
}

// checkSession reports the session's first damage. Its error says why the session
// could not be checked.
func (v *verifier) checkSession(ctx context.Context, s sessionToCheck) error {
	lists := newLists()
	err := v.read.session(ctx, s.id, 1, func(r journal.Record) bool {
		v.progress.Events++
		lists.add(&r)
		v.visit(r)
		return true
	})
	if err == nil && journal.Seq(s.last.Int64) > s.head {
		err = &journal.DamageError{
			Session: s.id, Seq: s.head + 1, Place: fmt.Sprintf("session row %d", s.key),
			Err: fmt.Errorf("events up to %d are stored, but the session's head is %d", s.last.Int64, s.head),
		}
	}
	if err == nil && v.version > 1 {
		err = v.checkLists(ctx, s, lists)
	}
	if err == nil {
		_, err = v.read.findSnapshot(ctx, s.id)
	}
	var damage *journal.DamageError
	switch {
	case err == nil, errors.Is(err, sql.ErrNoRows):
		return nil
	case errors.As(err, &damage):
		v.damaged(damage)
		return nil
	}
	return err
}

// checkOrphans finds appends whose session is missing.
func (v *verifier) checkOrphans(ctx context.Context) error {
	rows, err := v.read.db.QueryContext(ctx, `SELECT session, count(*) FROM append
		WHERE session NOT IN (SELECT key FROM session) GROUP BY session`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, count int64
		if err := rows.Scan(&key, &count); err != nil {
			return err
		}
		v.damaged(fmt.Errorf("session row %d is missing: %d appends belong to it", key, count))
	}
	return rows.Err()
}
