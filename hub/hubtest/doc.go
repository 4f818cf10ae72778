// Package hubtest is the test kit of package hub: the conformance suite that
// every engine of journal.Journal passes, and fakes for testing what uses one.
//
// RunJournalSuite holds for every engine. RunDurableJournalSuite holds for
// those that keep their events on a disk, and needs a directory that can be
// opened again. RunJournalModel compares an engine with the memory engine on
// random histories. KillLoop kills a process that appends, again and again, and
// checks that nothing it had acknowledged is lost.
//
// FaultyJournal wraps any journal and delays or fails its commits on demand.
// Its order and blocking are those of the journal inside.
//
// Agents starts agents that do what a test tells them.
package hubtest
