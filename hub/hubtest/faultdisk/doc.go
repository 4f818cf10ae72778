// Package faultdisk is a disk that loses power and fails, to test what keeps
// its data on one.
//
// A Disk, which only Linux has, is a file system in memory, mounted through
// FUSE: real system calls reach it from real processes. It fails reads, writes
// and syncs on demand with any error number, and writes down all that is done to
// it. After plays that record back up to any moment and returns the files as
// they would be found if the power had gone then: what was synced, and any part
// of what was not.
//
// The process that uses a mounted Disk must not be the one that serves it, which
// is the test's: SQLite maps its shared memory, and a page fault that waits for
// a goroutine of its own process can wait for ever.
package faultdisk
