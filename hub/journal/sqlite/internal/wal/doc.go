// Package wal reads, checks and repairs the write-ahead log that SQLite keeps
// beside a database. It works on the files alone, without SQLite.
//
// SQLite takes a log to end before the first invalid frame and silently drops
// everything behind it. That is right for a transaction that a power cut
// interrupted, since it was never acknowledged, and wrong for a damaged frame in
// the middle of committed transactions. [Check] tells the two apart before SQLite
// opens the log; [Log.Repairs] and [Log.Write] make a log that SQLite reads in
// full out of a damaged one.
//
// The format is https://www.sqlite.org/fileformat.html#walformat, and that of the
// index https://www.sqlite.org/walformat.html#the_wal_index_file_format.
//
// # Concurrency
//
// Functions open and close the files themselves, keep no state and block their
// caller for as long as the disk takes. No process may write the log meanwhile,
// except for [CheckLive].
//
// # Testing
//
// Package sqlite, which uses this one, damages the logs of real databases byte by
// byte in its tests; see damaged_log_test.go there.
package wal
