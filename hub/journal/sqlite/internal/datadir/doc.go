// Package datadir has the file operations of a server's data directory that
// SQLite does not do itself: creating private files, making names durable,
// copying, and asking for free space.
//
// Its functions keep no state and may be called from several goroutines at once,
// on different files. Each blocks its caller for as long as the disk takes.
package datadir
