// Package journal defines how sessions are stored: their ids, [Record] and the hash
// chain that records form, [Summary], [Snapshot], the indexes, and the interfaces
// [Journal] and [Writer]. The domain uses these interfaces and storage engines
// implement them, so neither depends on the other.
//
// # Order
//
// The events of a session are numbered from 1 without gaps, and each record's hash
// covers all records before it. The commits of a session resolve in the order of
// their appends. Each [Partition] of the sessions has one writer at a time;
// [Journal.Own] fences the one before.
//
// # Who may block whom
//
// The methods of a Writer do not block; a [Commit] tells when a write is durable.
// The methods of a Journal block their caller on the store, but neither a reader nor
// a writer waits for another reader.
//
// # Engines
//
// Package memory is the reference engine and sqlite the embedded default. Package
// engine has the committer and the stored form of an append that they share.
//
// # Testing
//
// Package journaltest in hub/hubtest has a conformance suite that every engine passes,
// and hubtest itself has FaultyJournal, which makes an engine fail on demand.
package journal
