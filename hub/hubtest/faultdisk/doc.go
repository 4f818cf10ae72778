// Package faultdisk simulates a disk that fails and loses power, for testing programs
// that store data.
//
// A Disk, which only exists on Linux, is a file system in memory that is mounted
// through FUSE, so that real processes use it with real system calls. On demand it
// fails reads, writes and syncs with any error number, and it logs every operation.
// [After] replays a log up to any operation and returns the files that a power cut
// would leave there: everything that was synced, and any part of the rest.
//
// The test's own process serves a mounted Disk, so another process must use it: SQLite
// maps its shared memory, and a page fault that waits for a goroutine of its own
// process can deadlock.
package faultdisk
