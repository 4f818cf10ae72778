// Package engine holds the code that all engines of [journal.Journal] share: the
// [Committer], which groups the writes of many sessions into few durable
// transactions, and [Row], the form in which an append is stored, with [Chain],
// which checks rows as they are read.
//
// The engines are the packages beside it: memory, the reference, and sqlite, the
// embedded default. Each passes the conformance suite in package journaltest.
//
// # Order
//
// Requests reach the engine, and commits resolve, in the order in which they were
// made, whichever writer made them. A batch can hold several appends of one session,
// each building on the one before.
//
// # Group commit
//
// A batch takes all waiting requests, up to a bound; so the slower the disk, the
// larger the batches. It begins once the batch before has ended and no further
// requests are imminent, that is, once every sender that usually sends its next
// request as soon as the one before is durable has done so. Requests of other
// senders, such as people who type now and then, wait for each other, so that
// writing them takes a third of the time at most. No request waits longer than a
// limit, which the engine sets. pace.go has these rules, free of clocks and I/O.
//
// # Errors
//
// A request that the engine refuses, because of a conflict or a newer owner, fails
// alone. If the engine reports that a batch was not written, every request in it
// fails with that error, and the next batch is tried as usual. Appends that build on
// a failed one fail with [journal.ErrConflict], because the events that they build
// on do not exist.
//
// # Who may block whom
//
// Writers never block. One goroutine, which belongs to the Committer and ends with
// [Committer.Close], calls the engine and resolves the commits. The number of waiting
// requests is bounded; a request beyond the bound fails with
// [journal.ErrUnavailable], in its turn.
//
// # Testing
//
// An engine's write function is an ordinary function of a batch; committer_test.go
// has a small one.
package engine
