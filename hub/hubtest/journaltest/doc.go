// Package journaltest is the test kit for storage engines, the implementations of
// [journal.Journal].
//
// Every engine passes [RunJournalSuite]. An engine that stores events on a disk also
// passes [RunDurableJournalSuite], which opens a directory again. [RunJournalModel]
// compares an engine with the memory engine on random histories. [KillLoop] kills a
// process that appends, again and again, and checks that no acknowledged event is
// lost. [BenchmarkAppend] measures an engine.
//
// A [Stream] makes the appends of a session.
package journaltest
