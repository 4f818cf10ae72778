// Package sqlite is the embedded engine of journal.Journal: one SQLite database in
// the server's data directory.
//
// # Files
//
// The directory holds journal.db, SQLite's journal.db-wal and journal.db-shm
// beside it, and journal.lock, which the process that has the journal open
// keeps locked. All can be read by their owner alone. The database can be
// opened, queried and backed up with SQLite's own tools while the server runs;
// see schema.go for the tables. Nothing else may write to it.
//
// # What is promised
//
// A commit is resolved with nil when SQLite has written and synced it
// (synchronous=FULL on a write-ahead log): it survives a crash of the process,
// of the machine and of its power, as far as the file system and the disk tell
// the truth about a sync. Requests are written, and resolve, in the order in
// which they were made; see package hub/journal/engine. The fence, which is the
// partition's epoch, is checked in the transaction that writes.
//
// Every event that is read is checked against its CRC, its number and the hash
// chain, and every session against its head; what does not fit ends the read
// with a *journal.DamageError. Verify checks all of a journal.
//
// SQLite takes the write-ahead log to end before the first frame that is damaged,
// and drops what is behind it as if it had never been. So before SQLite opens a
// log that a crash has left, every frame of it is looked at. The index beside it
// tells after a crash of the process how many were committed. Without the index,
// as after a power cut, a frame that is not valid is damage if transactions behind
// it are whole, or if the change of one byte makes it valid; otherwise it is the
// end, where a transaction was cut short that was not acknowledged. Damage fails
// Open with a *LogDamageError; PlanSalvage says what can be kept.
//
// After a sync that has failed, the kernel may show what is not on the disk and
// will not write it any more. Nothing is acknowledged on top of that: a commit
// that has failed is not seen again while the journal is open, and opening it
// first writes the log once more, as it can be read, and syncs it.
//
// The files have to keep their names. One that was removed, moved or replaced
// while it was open would go on taking writes that are never read, so the names
// are looked up at each commit, at Ready, and at reads at most once a second. From a
// mismatch on, everything fails with journal.ErrUnavailable until the journal is
// opened again, also when the files come back: another process may have changed
// them meanwhile. Close then deletes no file; if only the log is gone, what it
// held is moved into the database.
//
// When the disk is full, commits fail with journal.ErrFull and nothing that was
// acknowledged is touched; they succeed again once there is room. A connection
// on which a write has failed is replaced before the next.
//
// # Who may block whom
//
// One goroutine, the committer's, writes, on one connection. Reads go through a
// few other connections; they neither wait for writes nor delay them. No read
// keeps a connection or a transaction while it yields, so a slow reader does
// not keep the log from being recycled.
//
// # Testing
//
// Tests of other packages use the memory engine, or this one in t.TempDir().
package sqlite
