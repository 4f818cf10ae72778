// Package dir implements [blobs.Store] in a directory of a file system.
//
// # Layout
//
//	SESSION/ID.json    what is known about a file
//	SESSION/SHA256     its content
//	tmp/               files that are being written; emptied by Open
//
// # Durability
//
// A content is written to tmp and synced, renamed, and its description is written in the
// same way; then the directory of the session is synced, and Put returns. A crash before
// that can leave a content without a description. Nothing reads it, and Open removes it. A
// [Checker] finds files that are missing or damaged.
//
// # Room
//
// The store refuses a file that would leave less than a reserve on the file system, so that
// files do not take the last room from the journal beside it.
//
// # Concurrency
//
// Contents are written concurrently. The changes of a session's directory exclude each
// other; nothing blocks reading. One process at a time may use a directory, which the lock
// of the journal in the same data directory ensures.
package dir
