package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	// applicationID marks the file as a Parley journal, by SQLite's pragma
	// application_id: "Prly" in ASCII.
	applicationID = 0x50726c79
	// schemaVersion is the newest version of the tables that this code can read, in
	// SQLite's pragma user_version.
	schemaVersion = 4
)

// schema is version 4. Times are microseconds since 1970, UTC; ids and hashes are
// blobs. The other tables refer to a session by its key, which is small and
// ascending, instead of its id.
//
//   - append has a row for each append, in the order in which they were written,
//     whatever their session. Its data is one event or more as
//     journal.AppendRecord encodes them.
//   - listed has the numbers of the events for which journal.IsListed holds, and
//     entry the participants and approvals of journal.AboutOf. Both include the
//     events up to the one that the session's column listed names.
//   - The session's column sum is a checksum of the columns from kind to resource.
//     It is NULL if an earlier version wrote them.
const schema = `
CREATE TABLE partition (
	partition INTEGER PRIMARY KEY,
	epoch     INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
	key          INTEGER PRIMARY KEY,
	id           BLOB NOT NULL UNIQUE,
	seq          INTEGER NOT NULL, -- the newest event
	hash         BLOB NOT NULL,    -- and its hash
	kind         TEXT NOT NULL,
	workspace    TEXT NOT NULL,
	host_session BLOB,
	status       TEXT NOT NULL,
	created_at   INTEGER NOT NULL,
	due          INTEGER,
	resource     BLOB,
	listed       INTEGER NOT NULL DEFAULT 0,
	sum          BLOB
) STRICT;
CREATE INDEX session_newest ON session (created_at, id);
CREATE INDEX session_workspace ON session (workspace, created_at, id);
CREATE INDEX session_host ON session (host_session, created_at, id) WHERE host_session IS NOT NULL;
CREATE INDEX session_status ON session (status, created_at, id);
CREATE INDEX session_due ON session (due, id) WHERE due IS NOT NULL;

CREATE TABLE append (
	lsn     INTEGER PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES session (key),
	seq     INTEGER NOT NULL, -- the first event in data
	last    INTEGER NOT NULL, -- the last event in data
	before  BLOB NOT NULL,    -- the hash that the first builds on
	after   BLOB NOT NULL,    -- the hash of the last
	data    BLOB NOT NULL,
	UNIQUE (session, seq)
) STRICT;

CREATE TABLE snapshot (
	session INTEGER PRIMARY KEY REFERENCES session (key),
	seq     INTEGER NOT NULL, -- the event that it stands on
	hash    BLOB NOT NULL,    -- and its hash
	version INTEGER NOT NULL, -- of the encoding of state
	state   BLOB NOT NULL,
	sum     BLOB NOT NULL     -- SHA-256 of state
) STRICT;
` + schemaOfListed + schemaOfEntries

const schemaOfListed = `
CREATE TABLE listed (
	session INTEGER NOT NULL REFERENCES session (key),
	seq     INTEGER NOT NULL,
	PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
`

const schemaOfEntries = `
CREATE TABLE entry (
	session INTEGER NOT NULL REFERENCES session (key),
	subject TEXT NOT NULL,    -- participant or approval
	id      TEXT NOT NULL,    -- the participant's or the approval's
	first   INTEGER NOT NULL, -- the first event about it
	whole   INTEGER NOT NULL, -- the newest one that shows it whole, or 0
	newest  INTEGER NOT NULL, -- the newest one
	PRIMARY KEY (session, subject, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entry_first ON entry (session, subject, first);
`

// upgrades are the statements that make each version of the one before. Existing
// sessions are indexed at the first use of their index, events that were indexed
// before included. Version 3 had a table of participants, which entry replaces; it
// exists because version 2 would report records of journal.RecordFormat2 as
// damaged.
var upgrades = [schemaVersion + 1]string{2: upgradeTo2, 3: "PRAGMA user_version = 3;", 4: upgradeTo4}

const upgradeTo2 = `
ALTER TABLE session ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN sum BLOB;
` + schemaOfListed + `PRAGMA user_version = 2;`

const upgradeTo4 = `
DROP TABLE IF EXISTS person;
UPDATE session SET listed = 0;
` + schemaOfEntries + `PRAGMA user_version = 4;`

// migrate creates the tables in an empty database and upgrades those of an earlier
// version. It refuses a database that is not a journal or that a newer version
// wrote.
func migrate(ctx context.Context, conn *sql.Conn, path string) error {
	var tables int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		return create(ctx, conn)
	}
	app, version, err := identity(ctx, conn)
	if err != nil {
		return err
	}
	if err := checkIdentity(app, version, path); err != nil {
		return err
	}
	if err := useLog(ctx, conn); err != nil {
		return err
	}
	for ; version < schemaVersion; version++ {
		if err := inTransaction(ctx, conn, upgrades[version+1]); err != nil {
			return err
		}
	}
	return nil
}

func inTransaction(ctx context.Context, conn *sql.Conn, statements string) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, statements); err != nil {
		return errors.Join(fmt.Errorf("create tables: %w", err), tx.Rollback())
	}
	return tx.Commit()
}

// querier is a *sql.DB or *sql.Conn.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// identity reads the application id and the version of a database.
func identity(ctx context.Context, db querier) (app, version int64, err error) {
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return 0, 0, err
	}
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return app, version, err
}

func checkIdentity(app, version int64, path string) error {
	switch {
	case app != applicationID:
		return fmt.Errorf("%s is not a Parley journal", path)
	case version > schemaVersion:
		return fmt.Errorf("%s has format %d, written by a newer version of Parley; this one reads up to format %d",
			path, version, schemaVersion)
	}
	return nil
}

func create(ctx context.Context, conn *sql.Conn) error {
	if err := useLog(ctx, conn); err != nil {
		return err
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schemaVersion)
	return inTransaction(ctx, conn, schema+marks)
}

// useLog switches to the write-ahead log, a setting that the database file stores.
// It is not part of connecting, so that a file that is not a journal stays
// unchanged.
func useLog(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("this file system does not allow a write-ahead log (mode is %q)", mode)
	}
	return nil
}
