package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"parley/hub/journal"
)

// Progress is how far Verify has come.
type Progress struct {
	Sessions int    // checked so far
	Total    int    // sessions in the journal when Verify began
	Events   uint64 // checked so far
	// Damage is what was just found, a *journal.DamageError where it can be put down
	// to a session, of which it is the first. nil when there is nothing new.
	Damage error
}

// Verify checks the journal in a directory: a log that a crash has left first,
// which ends the check when it is damaged (see PlanSalvage), then SQLite's own
// integrity check, then every event of every session against its CRC, its number
// and the hash chain, every session's end against its head, its summary and every
// snapshot against their checksums, and the lists of its messages, participants
// and approvals against its events. It calls report with each damage and, every so often, with how far
// it has come. The error is nil for a sound journal; otherwise it wraps the
// first damage, or says why the check could not be finished.
//
// It changes neither the database nor its log, and may run while a server has
// the journal open: it then sees what was committed when it came to each
// session. The server goes on, but its log grows during the integrity check.
func Verify(ctx context.Context, dir string, report func(Progress)) error {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("verify journal: %w", err)
	}
	v := &verifier{report: report}
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

type verifier struct {
	read     *reader
	version  int64 // of the tables
	report   func(Progress)
	progress Progress
	damages  int
	first    error
}

func (v *verifier) run(ctx context.Context, path string) (err error) {
	if err := v.checkLog(path); err != nil || v.damages > 0 {
		return err // SQLite would make nothing of the rest of the log, nor leave its index
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

// checkLog finds damage to a log that a crash has left or that a server writes.
func (v *verifier) checkLog(path string) error {
	_, err := checkLog(path)
	damage, ok := errors.AsType[*LogDamageError](err)
	if ok && isLocked(filepath.Dir(path)) {
		err = checkLiveLog(path)
		damage, ok = errors.AsType[*LogDamageError](err)
	}
	if ok {
		v.damaged(damage)
		return nil
	}
	return err
}

// damaged takes a damage down. The count goes on: one damage is no reason to
// leave the rest unchecked.
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

// sessionToCheck is a session as its own row and its newest append tell of it.
type sessionToCheck struct {
	key  int64
	id   journal.SessionID
	head journal.Seq
	last sql.NullInt64
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
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []sessionToCheck
	for rows.Next() {
		var s sessionToCheck
		if err := rows.Scan(&s.key, (*idColumn)(&s.id), &s.head, &s.last); err != nil {
			return nil, fmt.Errorf("session row after %d: %w", key, err)
		}
		found = append(found, s)
	}
	return found, rows.Err()
}

// checkSession reports the session's first damage. The error is why it could
// not be checked.
func (v *verifier) checkSession(ctx context.Context, s sessionToCheck) error {
	lists := newLists()
	err := v.read.session(ctx, s.id, 1, func(r journal.Record) bool {
		v.progress.Events++
		lists.add(&r)
		return true
	})
	if err == nil && journal.Seq(s.last.Int64) > s.head {
		err = &journal.DamageError{
			Session: s.id, Seq: s.head + 1, Place: fmt.Sprintf("session row %d", s.key),
			Err: fmt.Errorf("events up to %d are stored, but the session's head is %d", s.last.Int64, s.head),
		}
	}
	if err == nil && v.version > 1 {
		err = v.checkDerived(ctx, s, lists)
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

// checkOrphans finds appends of which the session is lost.
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
