// Package memory is the reference engine of [journal.Journal]. It keeps everything in
// memory, and loses it with the process. Tests use it and compare other engines with
// it, so it is simple rather than fast.
//
// Order and blocking are those of the committer; see package engine. A read holds a
// lock while it looks up the session's rows, not while it yields events. Events are
// stored encoded, and checked when they are read, as on a disk.
//
// It never fails; hubtest.FaultyJournal makes any engine fail.
package memory
