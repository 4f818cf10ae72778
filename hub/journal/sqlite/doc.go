// Package sqlite is the embedded engine of [journal.Journal]: one SQLite database in
// the server's data directory. [Open] opens it, [Verify] checks it, and
// [PlanSalvage] helps after damage.
//
// # Files
//
// The directory holds journal.db, SQLite's journal.db-wal and journal.db-shm
// beside it, and journal.lock, which the process that has the journal open keeps
// locked. Only their owner has access. SQLite's own tools can open, query and back
// up the database while the server runs; schema.go describes the tables. Nothing
// else may write to it.
//
// # System assumptions
//
// A sync makes written data and names durable, or fails. A disk writes a sector of
// 512 bytes as a whole or not at all. File locks work, and the file system supports
// SQLite's write-ahead log, which network file systems do not.
//
// # Crash safety
//
// A commit resolves with nil once SQLite has written and synced it
// (synchronous=FULL on a write-ahead log). From then on it survives a crash of the
// process, of the machine and of its power. Requests are written, and resolve, in
// the order in which they were made; see package engine. The fence, the epoch of a
// partition, is checked in the transaction that writes.
//
// Reading checks every event against its CRC, its number and the hash chain, and
// every session against its head. A mismatch ends the read with a
// [*journal.DamageError].
//
// SQLite takes the write-ahead log to end before the first damaged frame, and
// silently drops what follows. So Open checks every frame of a log that a crash
// left before SQLite opens it. After a crash of the process, the index beside the
// log tells how many frames were committed. Without the index, as after a power
// cut, an invalid frame is damage if complete transactions follow it, or if
// changing one byte makes it valid; otherwise it is the end of the log, where a
// transaction was interrupted before it was acknowledged. Damage fails Open with a
// [*LogDamageError]; PlanSalvage finds out what can be kept.
//
// After a failed sync, the kernel may return data that is not on the disk and that
// it will not write again. Nothing is acknowledged on top of such data: a failed
// commit stays invisible while the journal is open, and Open first rewrites and
// syncs the log.
//
// The files must keep their names. A file that was removed, moved or replaced while
// it is open would accept writes that nothing ever reads. So the names are checked
// at each commit, at Ready, and at reads at most once a second. After a mismatch
// everything fails with [journal.ErrUnavailable] until the journal is opened again,
// even if the files come back, because another process may have changed them
// meanwhile. Close then deletes no file. If only the log is gone, its content is
// moved into the database.
//
// While the disk is full, commits fail with [journal.ErrFull], and acknowledged data
// stays intact. Commits succeed again once there is room. The writing connection is
// replaced after each failed write.
//
// # Who may block whom
//
// One goroutine, the committer's, writes on one connection. Reads use a few other
// connections; they neither wait for writes nor delay them. No read holds a
// connection or a transaction while it yields, so a slow reader does not prevent
// the log from being recycled.
//
// # Testing
//
// Tests of other packages use package memory, or this one in t.TempDir(). Tests
// here cut the power, damage files and fail the disk; see vfs_test.go for the
// file system that does so.
package sqlite
