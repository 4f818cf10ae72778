// Package memory is the reference engine of journal.Journal: everything is in
// memory and gone with the process. It is what tests use and what the other
// engines are compared with, so it is small rather than fast.
//
// Order and blocking are those of the committer, see package hub/journal/engine.
// Readers take a lock for the time of one row, never while they yield. Events
// are kept encoded and are checked when they are read, as on a disk.
//
// It never fails by itself; hubtest.FaultyJournal makes any engine fail.
package memory
