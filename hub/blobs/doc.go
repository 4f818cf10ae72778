// Package blobs is the vocabulary of the store that keeps what participants attach to
// prompts and messages: the [Store], which packages below this one implement with a
// technology, and the errors that it returns.
//
// # Promises of a store
//
// A file that [Store.Put] has acknowledged is on disk, survives a crash, and never changes.
// The store keeps one copy of equal contents of a session, by their SHA-256, and no copy
// for two sessions: deleting a session deletes its contents. The result of an upload does
// not depend on whether the store had its content.
//
// The store knows nothing of rights and events. Its caller checks the rights of the
// session, names files by random ids, and decides which files are deleted.
//
// # Testing
//
// Package blobstest has the tests that every store passes. Tests of other packages use
// package dir in a temporary directory.
package blobs
